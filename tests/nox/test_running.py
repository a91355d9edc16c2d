"""How many sessions run at the same time, and in which order."""

import json
import os
import re

import pytest
from tests.nox.conftest import Ended, Repository

NOXFILE = """
    import nox
    import cicd

    project = cicd.project()

    @project.session(part_of="ci", python=False)
    def one(session):
        pass

    @project.session(part_of="ci", python=False)
    def two(session):
        pass

    @project.session(part_of="ci", python=False, reuse=True)
    def three(session):
        pass
"""
LONG = {"one": [30.0], "two": [60.0], "three": [90.0]}
several_cores = pytest.mark.skipif(
    len(os.sched_getaffinity(0)) < 2, reason="with one core nothing runs at the same time"
)


def took(repository: Repository, durations: dict[str, list[float]]) -> None:
    text = json.dumps({"schema": 1, "sessions": durations})
    repository.put(".cicd/durations.json", text)


def begun(ended: Ended) -> list[str]:
    """The sessions that got a process of their own, in order."""
    return re.findall(r"^Starting session (\w+)", ended.output, flags=re.M)


@pytest.fixture
def three(repository: Repository) -> Repository:
    repository.put("noxfile.py", NOXFILE)
    return repository


def test_short_sessions_share_a_process(three: Repository) -> None:
    took(three, {"one": [0.1], "two": [0.1], "three": [0.2]})
    ended = three.nox("-s", "ci")
    assert (ended.code, begun(ended)) == (0, [])


def test_what_never_ran_here_runs_as_before(three: Repository) -> None:
    assert begun(three.nox("-s", "ci")) == []


def test_how_long_they_take_is_remembered(three: Repository) -> None:
    three.nox("-s", "ci")
    kept = json.loads((three.root / ".cicd" / "durations.json").read_text())
    assert set(kept["sessions"]) == {"one", "two", "three"}


@several_cores
def test_long_sessions_run_at_the_same_time_the_longest_first(three: Repository) -> None:
    took(three, LONG)
    ended = three.nox("-s", "ci")
    assert (ended.code, begun(ended)) == (0, ["three", "two", "one", "ci"])
    assert re.findall(r"^  (\w+)  +✓", ended.end, flags=re.M) == ["one", "two", "three"]


def test_the_users_number_of_jobs_holds(three: Repository) -> None:
    took(three, LONG)
    assert begun(three.nox("-s", "ci", "-j", "1")) == []
    assert begun(three.nox("-s", "ci", NOX_PARALLEL="1")) == []


@pytest.mark.parametrize("before", [True, False])
def test_the_noxfiles_number_of_jobs_holds(three: Repository, before: bool) -> None:
    line = "nox.options.parallel = 1"
    begin = f"import cicd\n\n    {line}\n"
    noxfile = NOXFILE.replace("import cicd\n", begin) if before else f"{NOXFILE}\n    {line}\n"
    three.put("noxfile.py", noxfile)
    took(three, LONG)
    assert begun(three.nox("-s", "ci")) == []
