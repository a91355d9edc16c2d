"""When people are told: the whole table."""

from pathlib import Path

import pytest

from cicd.model import Verdict
from cicd.notify.known import read_known, write_known
from cicd.notify.turning import Known, Place, is_turn

GREEN, RED, UNVERIFIED = Verdict.PASSED, Verdict.FAILED, Verdict.NOT_VERIFIED


@pytest.mark.parametrize(
    ("known", "now", "told"),
    [
        (None, GREEN, False),
        (None, RED, True),
        (None, UNVERIFIED, False),
        (GREEN, GREEN, False),
        (GREEN, RED, True),
        (GREEN, UNVERIFIED, False),
        (RED, GREEN, True),
        (RED, RED, False),
        (RED, UNVERIFIED, False),
    ],
)
def test_people_are_told_at_a_turn_and_never_in_between(
    known: Verdict | None, now: Verdict, told: bool
) -> None:
    assert is_turn(known, now) is told


@pytest.mark.parametrize(
    ("here", "there", "before"),
    [
        (Place("ci.yml", 7), Place("ci.yml", 8), True),
        (Place("ci.yml", 8), Place("ci.yml", 7), False),
        (Place("ci.yml", 7), Place("ci.yml", 7), False),
        (Place("ci.yml", 7, 1), Place("ci.yml", 7, 2), True),
        (Place("ci.yml", 7, 2), Place("ci.yml", 8, 1), True),
        (Place("other.yml", 7), Place("ci.yml", 8), False),
    ],
)
def test_runs_of_one_workflow_have_an_order(here: Place, there: Place, before: bool) -> None:
    assert here.is_before(there) is before


@pytest.mark.parametrize(
    "known", [Known(), Known(RED), Known(GREEN, Place("ci.yml", 7, 2)), Known(None, Place("a", 1))]
)
def test_what_is_known_is_kept_for_each_branch(known: Known, tmp_path: Path) -> None:
    write_known(tmp_path, "release/2", known)
    assert read_known(tmp_path, "release/2") == known
    assert read_known(tmp_path, "main") is None
    assert [path.name for path in (tmp_path / "notify").iterdir()] == ["release%2F2.json"]


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"schema": 2}', '{"schema": 1, "verdict": "blue", "seen": null}']
)
def test_a_file_that_is_none_of_ours_is_as_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "notify").mkdir()
    (tmp_path / "notify" / "main.json").write_text(text)
    assert read_known(tmp_path, "main") is None
