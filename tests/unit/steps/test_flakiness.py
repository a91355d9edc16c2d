"""Which runs prove that a test is flaky: those whose key is whole."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cicd.cache.elements import Elements, Unknown
from cicd.model import Failure, Outcome
from cicd.records.record import Record
from cicd.steps.flakiness import with_history

KEY = Elements({"session": "own"})
TEST = "tests/test_it.py::test_it"
RED = Outcome(
    headline="1 of 2 tests failed",
    passed=False,
    failures=(Failure(title="it", test=TEST),),
    metrics={"tests": 2},
)
GREEN = Outcome(headline="2 tests", metrics={"tests": 2})


def run(folder: Path, number: int, outcome: Outcome, key: Elements | Unknown) -> str:
    place = SimpleNamespace(state=folder, reports=folder)
    masks = SimpleNamespace(apply=str)
    work: Any = SimpleNamespace(arguments=(), place=place, session="own", masks=masks)
    record = Record(
        session="own",
        run=f"r{number}",
        part="own",
        verb="test",
        started_at=f"2026-03-05T09:4{number}:00.000+00:00",
    )
    return with_history(work, record, outcome, lambda: key).headline


@pytest.mark.parametrize("reads_more", [True, False])
def test_a_run_that_cannot_be_kept_proves_nothing(tmp_path: Path, reads_more: bool) -> None:
    key = Unknown("the tests read shared/a.json") if reads_more else KEY
    run(tmp_path, 1, GREEN, key)
    said = run(tmp_path, 2, RED, key)
    assert said.endswith("none but known to be flaky") is not reads_more
