"""Verdicts that are reused: sessions of somebody's own, which need no tool."""

import signal
import subprocess

import pytest
from tests.nox.conftest import Ended, Repository
from tests.nox.running import Door, started

NOXFILE = """
    import pathlib
    import cicd

    project = cicd.project()

    @project.session(part_of="ci", reuse=True, python=False)
    def one(session):
        count("one")
        if "wrong" in pathlib.Path("source.txt").read_text():
            session.error("it is wrong")

    @project.session(part_of="ci", reuse=True, python=False)
    def two(session):
        count("two")

    def count(name):
        with open(f".cicd/{name}.ran", "a") as file:
            file.write("x")
"""


@pytest.fixture
def counted(repository: Repository) -> Repository:
    repository.put("noxfile.py", NOXFILE)
    repository.put("source.txt", "right\n")
    repository.put(".gitignore", "__pycache__/\n.nox/\n.cicd/\n")
    subprocess.run(("git", "init", "--quiet"), cwd=repository.root, check=True)
    return repository


def runs(repository: Repository, name: str) -> int:
    path = repository.root / ".cicd" / f"{name}.ran"
    return len(path.read_text()) if path.exists() else 0


def again(repository: Repository, *arguments: str, **env: str) -> Ended:
    return repository.nox(*(arguments or ("-s", "ci")), **env)


def test_a_second_run_reuses_what_the_first_found(counted: Repository) -> None:
    assert "reused" not in again(counted).end
    ended = again(counted)
    assert ended.code == 0
    assert "  one  ✓   reused   from " in ended.end
    assert ended.last_line.startswith("Green in ")
    assert ended.last_line.endswith(", 2 of 2 reused")
    assert (runs(counted, "one"), runs(counted, "two")) == (1, 1)
    record = counted.records()["one"]
    assert record.reused is not None
    assert record.reused.run != record.run
    assert record.reused.earned_at < record.started_at


def test_a_changed_file_runs_it_again_and_what_was_before_is_known(counted: Repository) -> None:
    again(counted)
    counted.put("source.txt", "right as well\n")
    assert "reused" not in again(counted).end
    counted.put("source.txt", "right\n")
    assert again(counted).last_line.endswith("2 of 2 reused")
    assert runs(counted, "one") == 2


def test_red_is_never_reused(counted: Repository) -> None:
    counted.put("source.txt", "wrong\n")
    for time in (1, 2):
        ended = again(counted)
        assert ended.code == 1
        assert ended.last_line.endswith("s: one")
        assert runs(counted, "one") == time
    assert counted.records()["two"].reused


FLAKY = """
    import pathlib
    import cicd

    project = cicd.project()

    @project.session(part_of="ci", reuse=True, python=False)
    def one(session):
        if pathlib.Path(".cicd/broken").exists():
            session.error("it broke")

    @project.session(part_of="ci", requires=["one"], python=False)
    def user(session):
        "Makes the other one run, whatever is kept of it"
"""


def test_a_red_run_takes_back_a_green_one_of_the_same_content(counted: Repository) -> None:
    counted.put("noxfile.py", FLAKY)
    assert again(counted).code == 0
    assert "reused" in again(counted, "-s", "one").end
    (counted.root / ".cicd" / "broken").touch()
    assert again(counted).code == 1
    (counted.root / ".cicd" / "broken").unlink()
    assert "reused" not in again(counted, "-s", "one").end


def test_what_stands_after_two_dashes_is_part_of_the_key(counted: Repository) -> None:
    again(counted)
    assert "reused" not in again(counted, "-s", "one", "--", "quick").end
    assert "reused" in again(counted, "-s", "one", "--", "quick").end
    assert "reused" in again(counted, "-s", "one").end
    assert runs(counted, "one") == 2


def test_a_variable_is_part_of_the_key(counted: Repository) -> None:
    again(counted)
    assert "reused" not in again(counted, APP_MODE="strange").end
    assert "reused" in again(counted).end


def test_with_the_cache_off_everything_runs(counted: Repository) -> None:
    again(counted)
    assert "reused" not in again(counted, CICD_CACHE="off").end
    wrong = again(counted, CICD_CACHE="on")
    assert wrong.code != 0
    assert "CICD_CACHE='on' is not known" in wrong.output


WAITS = """
    import socket, threading
    import cicd

    project = cicd.project()

    @project.session(part_of="ci", reuse=True, python=False)
    def one(session):
        line = socket.create_connection(("127.0.0.1", {port}))
        threading.Event().wait()
"""


def test_a_killed_run_keeps_nothing(counted: Repository) -> None:
    door = Door()
    counted.put("noxfile.py", WAITS.format(port=door.port))
    with started(counted, "-s", "ci") as run:
        door.wait_for_knock()
        run.send(signal.SIGKILL)
        run.process.wait()
    door.close()
    kept = counted.root / ".cicd" / "verdicts" / "entries"
    assert [path for path in kept.rglob("*") if path.is_file()] == []
    # What was running has no verdict, and none is made up for it.
    assert counted.records()["one"].verdict is None


def test_two_runs_at_once_are_both_green_and_the_next_reuses_them(counted: Repository) -> None:
    with started(counted, "-s", "ci") as first, started(counted, "-s", "ci") as second:
        assert [first.end().code, second.end().code] == [0, 0]
    assert again(counted).last_line.endswith("2 of 2 reused")


@pytest.mark.parametrize("order", ["1", "2"])
def test_with_jobs_what_is_reused_has_no_process(counted: Repository, order: str) -> None:
    again(counted, "-j", order)
    ended = again(counted, "-j", "2")
    assert ended.code == 0
    assert "Starting session one" not in ended.output
    assert ended.last_line.endswith("2 of 2 reused")
    counted.put("source.txt", "wrong\n")
    red = again(counted, "-j", "2")
    assert red.code == 1
    assert red.last_line.endswith("s: one")


def test_with_jobs_a_red_session_leaves_the_others_reused(counted: Repository) -> None:
    counted.put(
        "noxfile.py",
        NOXFILE + """
    @project.session(part_of="ci", python=False)
    def always(session):
        session.error("always red")
""",
    )
    again(counted)
    ended = again(counted, "-j", "2")
    assert ended.code == 1
    assert "2 of 3" not in ended.end
    assert "  one     ✓   reused" in ended.end
    assert ended.last_line.endswith("s: always")


REPLACED = """
    @project.replace("one"{options})
    def another(session):
        count("another")
"""


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_a_noxfile_replaces_runs_always(counted: Repository, jobs: str) -> None:
    counted.put("noxfile.py", NOXFILE + REPLACED.format(options=""))
    for _ in range(2):
        assert again(counted, "-s", "ci", "-j", jobs).code == 0
    assert (runs(counted, "one"), runs(counted, "another"), runs(counted, "two")) == (0, 2, 1)
    assert counted.records()["one"].reused is None


def test_what_a_noxfile_replaces_is_reused_where_it_says_so(counted: Repository) -> None:
    counted.put("noxfile.py", NOXFILE + REPLACED.format(options=", reuse=True, python=False"))
    for _ in range(2):
        assert again(counted).code == 0
    assert runs(counted, "another") == 1


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_dropped_session_is_not_missed(counted: Repository, jobs: str) -> None:
    again(counted)
    counted.put("noxfile.py", NOXFILE + "\n    project.drop('two')\n")
    for _ in range(2):
        ended = again(counted, "-s", "ci", "-j", jobs)
        assert ended.code == 0
        assert "two" not in ended.end
    assert ended.last_line.endswith("1 of 1 reused")


USER = """
    @project.session(part_of="ci", requires=["one"], python=False{options})
    def user(session):
        count("user")
"""


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_session_whose_output_is_used_runs_with_who_uses_it(
    counted: Repository, jobs: str
) -> None:
    counted.put("noxfile.py", NOXFILE + USER.format(options=""))
    for time in (1, 2):
        assert again(counted, "-s", "ci", "-j", jobs).code == 0
        assert (runs(counted, "one"), runs(counted, "user")) == (time, time)
    assert runs(counted, "two") == 1
    assert "reused" in again(counted, "-s", "one").end


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_it_is_reused_together_with_who_uses_it(counted: Repository, jobs: str) -> None:
    counted.put("noxfile.py", NOXFILE + USER.format(options=", reuse=True"))
    for _ in range(2):
        ended = again(counted, "-s", "ci", "-j", jobs)
    assert ended.last_line.endswith("3 of 3 reused")
    assert (runs(counted, "one"), runs(counted, "user")) == (1, 1)


def test_who_uses_what_always_runs_is_never_reused(counted: Repository) -> None:
    noxfile = NOXFILE + REPLACED.format(options="") + USER.format(options=", reuse=True")
    counted.put("noxfile.py", noxfile)
    for time in (1, 2):
        assert again(counted).code == 0
        assert runs(counted, "user") == time


GENERATES = """
    import nox

    @nox.session(venv_backend="none")
    def generate(session):
        pathlib.Path("source.txt").write_text("wrong\\n")
"""


def test_what_another_session_of_the_same_call_changes_is_seen(counted: Repository) -> None:
    counted.put("noxfile.py", NOXFILE + GENERATES)
    assert again(counted).code == 0
    ended = again(counted, "-s", "two", "generate", "ci")
    assert ended.code == 1
    assert ended.last_line.endswith("s: one")


def test_a_file_that_changes_during_the_run_keeps_it_from_being_kept(counted: Repository) -> None:
    changes = NOXFILE.replace('count("one")', 'pathlib.Path("new.txt").write_text("new")')
    counted.put("noxfile.py", changes)
    ended = again(counted)
    assert ended.code == 0
    assert "not kept for later: inputs changed while it ran" in ended.output
    (counted.root / "new.txt").unlink()
    again(counted)
    assert counted.records()["one"].reused is None


def test_nox_is_not_asked_to_install_is_no_verdict_to_keep(counted: Repository) -> None:
    for _ in range(2):
        assert "reused" not in again(counted, "-s", "ci", "--install-only").end
    assert "reused" not in again(counted).end
    assert "reused" in again(counted).end


def test_what_publishes_cannot_be_reused(repository: Repository) -> None:
    repository.put("Dockerfile", "FROM scratch\n")
    repository.put(
        "noxfile.py",
        """
        import cicd

        project = cicd.project(cicd.Image("app", context=".", port=None, repository="a.test/app"))

        @project.replace("push", reuse=True)
        def push(session):
            pass
        """,
    )
    ended = repository.nox("-l")
    assert ended.code != 0
    assert 'project.replace("push", reuse=True)' in ended.output
    assert "Traceback" not in ended.output
