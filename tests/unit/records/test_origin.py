"""How a verdict that is reused shows."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from cicd.model import Outcome, Verdict
from cicd.records.markdown import render_markdown
from cicd.records.origin import earned
from cicd.records.record import Record, Reused, parse_json, render_json
from cicd.records.report import build_report
from cicd.records.summary import render_terminal

REUSED = Reused(
    earned_at="2026-03-05T09:41:00.000+00:00", where="build-host", run="earlier", key="k"
)
RECORD = Record(
    session="backend_test",
    run="r",
    part="backend",
    verb="test",
    started_at="2026-03-05T17:00:00.000+00:00",
    verdict=Verdict.PASSED,
    outcome=Outcome(headline="41 tests · 93 % covered", metrics={"tests": 41}),
    reused=REUSED,
)
RAN = replace(RECORD, session="backend_lint", reused=None, duration_s=1.2)


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-03-05T17:00:00+00:00", "from 09:41 today"),
        ("2026-03-06T00:10:00+00:00", "from 09:41 yesterday"),
        ("2026-03-20T17:00:00+00:00", "from 09:41 on 2026-03-05"),
        ("2026-03-01T17:00:00+00:00", "from 09:41 on 2026-03-05"),
        ("never", "from an earlier run"),
    ],
)
def test_it_says_when_it_was_earned(now: str, said: str) -> None:
    assert earned(replace(RECORD, started_at=now)) == said


def test_the_table_shows_when_and_the_numbers() -> None:
    shown = render_terminal(build_report([RAN, RECORD], duration_s=0.2))
    said = "from 09:41 today, unchanged since · 41 tests · 93 % covered"
    assert f"  backend_test  ✓   reused   {said}" in shown
    assert "  backend_lint  ✓    1.2 s   41 tests" in shown
    assert shown.endswith("Green in 0.2 s, 1 of 2 reused\n")


def test_the_markdown_leads_to_the_run_that_earned_it() -> None:
    address = "https://ci.example/runs/7"
    record = replace(RECORD, reused=replace(REUSED, where=address))
    shown = render_markdown(build_report([record], duration_s=0.2))
    assert "| reused | 41 |" in shown
    assert f"| [from 09:41 today]({address}), unchanged since" in shown
    harmless = replace(RECORD, reused=replace(REUSED, where="https://x](javascript:a"))
    assert "javascript" not in render_markdown(build_report([harmless], duration_s=0.2))


def test_it_is_in_the_json_and_comes_back() -> None:
    assert json.loads(render_json(RECORD))["reused"]["earned_at"] == REUSED.earned_at
    assert parse_json(render_json(RECORD)) == RECORD
