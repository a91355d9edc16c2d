"""`nox -s why` and `-- --why`: what changed since a verdict was earned, to the file."""

import re
import subprocess
from collections.abc import Mapping

import pytest
from tests.nox.conftest import Repository

NOXFILE = """\
import cicd

project = cicd.project()


@project.session(part_of="ci", reuse=True, venv_backend="none")
def check(session):
    session.log(f"given: {session.posargs}")
    if "wrong" in open("app.txt").read():
        session.error("something is wrong")


@project.session(part_of="ci", venv_backend="none")
def always(session):
    session.log(f"given: {session.posargs}")
"""


@pytest.fixture
def kept(repository: Repository) -> Repository:
    """A repository whose session `check` has a verdict that is kept."""
    repository.put_all({"noxfile.py": NOXFILE, "app.txt": "one\n", "other.txt": "two\n"})
    git(repository, "init", "-q")
    git(repository, "add", "-A")
    assert repository.nox("-s", "ci").code == 0
    return repository


def git(repository: Repository, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=repository.root, check=True)


def why(repository: Repository, *names: str, **env: str) -> Mapping[str, str]:
    """What `nox -s why` says of each session."""
    ended = repository.nox("-s", "why", *(("--", *names) if names else ()), **env)
    assert ended.code == 0, ended.output
    return dict(re.findall(r"^  (\w+) +((?:runs:|would be reused,) .*)$", ended.output, re.M))


def test_what_is_kept_is_told_with_time_and_place(kept: Repository) -> None:
    told = why(kept)
    assert re.fullmatch(r"would be reused, from \d\d:\d\d \w+ \([^()]+\)", told["check"])
    assert told["always"] == "runs: no verdict of it is ever reused"


def test_asking_keeps_nothing(kept: Repository) -> None:
    kept.put("app.txt", "three\n")
    assert why(kept)["check"] == why(kept)["check"] == "runs: app.txt changed"


def test_files_are_told_to_the_file(kept: Repository) -> None:
    kept.put("app.txt", "three\n")
    kept.put("new.txt", "")
    (kept.root / "other.txt").unlink()
    told = "runs: app.txt changed · new.txt is new · other.txt removed"
    assert why(kept, "check") == {"check": told}


def test_many_files_are_counted(kept: Repository) -> None:
    kept.put_all({f"new{number:02}.txt": "" for number in range(50)})
    told = why(kept)["check"]
    assert told.count(" is new") == 10 and told.endswith(" · and 40 more files")


def test_variables_are_told_by_name_and_never_by_value(kept: Repository) -> None:
    told = why(kept, SHOP_TOKEN="hunter2hunter2")
    assert told["check"] == "runs: variable SHOP_TOKEN is set"
    assert kept.nox("-s", "check", SHOP_TOKEN="hunter2hunter2").code == 0
    changed = kept.nox("-s", "why", SHOP_TOKEN="other4other4other4")
    assert "variable SHOP_TOKEN" in changed.output
    assert "hunter2" not in changed.output and "other4" not in changed.output
    for path in (kept.root / ".cicd" / "verdicts").rglob("*"):
        assert path.is_dir() or b"hunter2" not in path.read_bytes(), path


def test_the_nearest_of_what_is_kept_is_compared(kept: Repository) -> None:
    kept.put_all({"app.txt": "three\n", "other.txt": "three\n", "more.txt": "three\n"})
    assert kept.nox("-s", "check").code == 0
    kept.put_all({"app.txt": "one\n", "other.txt": "two\n", "more.txt": "three\n"})
    assert why(kept)["check"] == "runs: more.txt is new"


def test_nothing_kept_is_told(repository: Repository) -> None:
    repository.put("noxfile.py", NOXFILE)
    git(repository, "init", "-q")
    assert why(repository)["check"] == "runs: no earlier verdict of it is kept here"
    assert why(repository, CICD_CACHE="off")["check"] == "runs: CICD_CACHE is off"


def test_a_session_that_is_not_there_is_named(kept: Repository) -> None:
    ended = kept.nox("-s", "why", "--", "chek")
    assert ended.code == 1
    assert "there is no session 'chek'\ndid you mean \"check\"?" in ended.output


def test_a_session_says_why_it_is_reused_and_is_not_told_that_it_was_asked(
    kept: Repository,
) -> None:
    ended = kept.nox("-s", "check", "--", "--why")
    assert ended.code == 0
    assert "nox > why: reused, from " in ended.output
    assert kept.records()["check"].reused is not None


def test_a_session_says_why_it_runs_and_runs_as_always(kept: Repository) -> None:
    kept.put("app.txt", "three\n")
    ended = kept.nox("-s", "check", "always", "--", "--why")
    assert "nox > why: runs: app.txt changed" in ended.output
    assert "nox > why: runs: no verdict of it is ever reused" in ended.output
    assert ended.output.count("given: []") == 2
    assert kept.records()["check"].decided.arguments == ()
    again = kept.nox("-s", "check")
    assert kept.records()["check"].reused is not None, again.output


def test_other_arguments_stay_and_are_told(kept: Repository) -> None:
    ended = kept.nox("-s", "check", "--", "-x", "--why", "word")
    assert "why: runs: other arguments after `--`" in ended.output
    assert "given: ['-x', 'word']" in ended.output


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_with_any_number_of_jobs_each_session_says_it(kept: Repository, jobs: str) -> None:
    ended = kept.nox("-s", "ci", "-j", jobs, "--", "--why")
    assert ended.code == 0, ended.output
    assert "why: reused, from " in ended.output
    assert "why: runs: no verdict of it is ever reused" in ended.output


def test_a_red_session_is_told_by_what_changed(kept: Repository) -> None:
    kept.put("app.txt", "wrong\n")
    assert kept.nox("-s", "check").code == 1
    assert why(kept)["check"] == "runs: app.txt changed"
