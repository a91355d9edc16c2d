"""`cicd.project()` as a noxfile sees it."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.nox.conftest import Repository

ABOUT_RUNS = ("report", "parity", "github_workflow", "github_matrix", "github_join")
OWN_SESSIONS = """
    import cicd

    project = cicd.project()

    @project.session(part_of="ci")
    def contract(session):
        '''The contract holds'''

    @project.session(part_of="ci", requires=["contract"], python=False)
    def notes(session):
        pass
"""


def test_an_empty_repository_lists_and_is_not_green(repository: Repository) -> None:
    assert set(repository.sessions()) == {"ci", "fix", "doctor", "why", "cache", *ABOUT_RUNS}
    ended = repository.nox("-s", "ci")
    assert ended.code == 1
    assert "there is nothing to check" in ended.output


def test_an_own_session_has_a_record_and_is_part_of_ci(repository: Repository) -> None:
    repository.put("noxfile.py", OWN_SESSIONS)
    assert repository.sessions()["contract"]["description"] == "The contract holds"
    ended = repository.nox()
    assert (ended.code, set(repository.records())) == (0, {"contract", "notes"})
    assert ended.last_line.startswith("Green in ")


def test_options_of_nox_reach_an_own_session(repository: Repository) -> None:
    repository.put("noxfile.py", OWN_SESSIONS)
    assert repository.sessions()["notes"]["python"] is False


def test_a_skipped_session_is_not_verified_and_red_in_ci(repository: Repository) -> None:
    repository.put("noxfile.py", OWN_SESSIONS.replace("pass", "session.skip('no printer answers')"))
    ended = repository.nox()
    assert ended.code == 0
    assert "with one session NOT VERIFIED:\n  notes: no printer answers" in ended.output
    strict = repository.nox(CI="true")
    assert strict.code == 1
    assert strict.last_line.startswith("Red in ")


def test_an_error_of_an_own_session_is_red(repository: Repository) -> None:
    repository.put("noxfile.py", OWN_SESSIONS.replace("pass", "session.error('ink is low')"))
    ended = repository.nox()
    assert ended.code == 1
    assert "ink is low" in ended.output
    assert ended.last_line.endswith("s: notes")


def test_an_unexpected_exception_keeps_its_traceback_and_is_red(repository: Repository) -> None:
    repository.put("noxfile.py", OWN_SESSIONS.replace("pass", "1 / 0"))
    ended = repository.nox()
    assert ended.code == 1
    assert "Traceback" in ended.output
    assert "ZeroDivisionError" in repository.records()["notes"].reason


def test_a_session_is_replaced_and_keeps_its_place(repository: Repository) -> None:
    repository.put(
        "noxfile.py",
        OWN_SESSIONS + """
    @project.replace("contract")
    def other(session):
        session.error("replaced")
""",
    )
    assert "other" not in repository.sessions()
    assert repository.nox().last_line.endswith("s: contract, notes")
    assert repository.records()["contract"].reason == "replaced"


def test_a_session_is_dropped(repository: Repository) -> None:
    repository.put("noxfile.py", OWN_SESSIONS + "\n    project.drop('contract')\n")
    assert "contract" not in repository.sessions()
    ended = repository.nox()
    assert (ended.code, set(repository.records())) == (0, {"notes"})


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("project.drop('contrakt')", 'did you mean "contract"?'),
        ("project.replace('contrakt')", 'did you mean "contract"?'),
        ("project.session(part_of='cy')", "there is no such session"),
        ("project.session(name='contract')(print)", "there is a session 'contract' already"),
        ("project.session(name='db: a/b')(print)", "'db: a/b' cannot be the name of a session"),
    ],
)
def test_a_wrong_name_ends_nox_with_a_few_lines(
    repository: Repository, line: str, expected: str
) -> None:
    repository.put("noxfile.py", OWN_SESSIONS + f"\n    {line}\n")
    ended = repository.nox("-l")
    assert ended.code != 0
    assert expected in ended.output
    assert "Traceback" not in ended.output
    assert len(ended.output.splitlines()) <= 6


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ('cicd.Backend("backend", postgress="15")', "did you mean `postgres`?"),
        ('cicd.Backend("backend", formatter="blak")', 'did you mean "black"?'),
        ('cicd.Backend("backend", coverage_percent="90")', "`coverage_percent`"),
        ('cicd.Backend("backnd")', 'did you mean "backend"?'),
        ('cicd.Backend("backend"), cicd.Backend("backend")', 'both have the name "backend"'),
        ("cicd.Backend()", "its folder is missing"),
        ('cicd.Backend("backend", "api")', "only its folder goes without a name"),
        ('cicd.Frontend("backend")', "there is no package.json"),
        ('cicd.Backend("backend", env={"DB": "{hots}"})', "{hots}"),
    ],
)
def test_a_settings_mistake_ends_nox_with_a_few_lines(
    repository: Repository, part: str, expected: str
) -> None:
    repository.put("backend/pyproject.toml", '[project]\nname = "backend"\n')
    repository.put("backend/backend.py", "")
    repository.put("noxfile.py", f"import cicd\n\nproject = cicd.project({part})\n")
    ended = repository.nox("-l")
    assert ended.code != 0
    assert expected in ended.output
    assert "Traceback" not in ended.output
    assert len(ended.output.splitlines()) <= 6


def test_the_same_verdict_in_sequence_and_in_parallel(repository: Repository) -> None:
    repository.put("noxfile.py", OWN_SESSIONS.replace("pass", "session.error('ink is low')"))
    for jobs in ("1", "2"):
        ended = repository.nox("-j", jobs)
        assert ended.code == 1
        assert ended.last_line.endswith("s: notes")


def test_each_python_version_has_a_session_and_one_runs_them_all(repository: Repository) -> None:
    repository.put("app/pyproject.toml", '[project]\nname = "app"\n')
    repository.put("app/test_app.py", "def test_app(): pass\n")
    repository.put(
        "noxfile.py",
        'import cicd\n\ncicd.project(cicd.Backend("app", pythons=("3.11", "3.13")))\n',
    )
    assert {"app_test", "app_test_py311", "app_test_py313"} <= set(repository.sessions())


def test_two_runs_do_not_read_each_others_records(repository: Repository) -> None:
    repository.put("noxfile.py", OWN_SESSIONS)
    assert repository.nox("-s", "contract").code == 0
    assert repository.nox("-s", "notes", "--no-dependencies").code == 0
    assert set(repository.records()) == {"notes"}


OF_TWO_PYTHONS = """
    import sys
    import cicd

    project = cicd.project()
    this = f"{sys.version_info[0]}.{sys.version_info[1]}"

    @project.session(part_of="ci", python=[this, f"python{this}"])
    def multi(session):
        pass

    @project.session(part_of="ci", requires=["multi"], python=False)
    def after(session):
        pass
"""


def test_ci_wants_an_own_session_once_for_each_python_version(
    repository: Repository, tmp_path: Path
) -> None:
    repository.put("noxfile.py", OF_TWO_PYTHONS)
    this = f"{sys.version_info[0]}.{sys.version_info[1]}"
    every = {f"multi-{this}", f"multi-python{this}", "after"}
    ended = repository.nox("-s", "ci")
    assert (ended.code, set(repository.records())) == (0, every), ended.output
    shutil.copytree(max((repository.root / ".cicd" / "runs").iterdir()), tmp_path / "jobs" / "a")
    assert repository.nox("-s", "github_join", "--", str(tmp_path / "jobs")).code == 0
    assert set(repository.records()) == every
    matrix = repository.nox("-s", "github_matrix").output
    assert all(f'"{name}"' in matrix for name in every)


def test_without_environments_an_own_session_runs_once(repository: Repository) -> None:
    noxfile = OF_TWO_PYTHONS.replace('python{this}"]', 'python{this}"], venv_backend="none"')
    repository.put("noxfile.py", noxfile)
    assert repository.nox("-s", "ci").code == 0
    assert set(repository.records()) == {"multi", "after"}
