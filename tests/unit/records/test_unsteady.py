"""Flaky and quarantined tests in what a run shows, and in what it leaves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cicd.model import AGAIN, Outcome, Unsteady, Verdict
from cicd.records.jobs import JobRecord
from cicd.records.join_outcomes import join_outcomes
from cicd.records.markdown import render_markdown
from cicd.records.record import Record, mask_texts, parse_json, render_json
from cicd.records.report import build_report
from cicd.records.summary import render_summary

TODAY = datetime.now(UTC).date()
LATER = str(TODAY + timedelta(days=3))
FLAKY = Unsteady(test="a.py::test_a", kind="flaky", result=AGAIN, history="failed 1 of 2")
HELD = Unsteady(test="a.py::test_b", kind="quarantined", result="failed", until=LATER)
OVER = Unsteady(test="a.py::test_c", kind="overdue", result="passed", until=str(TODAY))
RECORD = Record(
    session="backend_test",
    run="1",
    part="backend",
    verb="test",
    started_at="2026-11-23T10:00:00+00:00",
    verdict=Verdict.PASSED,
    outcome=Outcome(headline="3 tests · 1 flaky", unsteady=(OVER, FLAKY, HELD)),
)


def test_the_end_of_a_run_names_them_whatever_the_verdict() -> None:
    shown = render_summary([RECORD], duration_s=1).splitlines()
    held = f"does not decide until {LATER}, 3 days left"
    assert shown[3:6] == [
        "backend_test  flaky: a.py::test_a  passed when run again; failed 1 of 2",
        f"backend_test  quarantined: a.py::test_b  failed; {held}",
        f"backend_test  quarantine is over: a.py::test_c  passed; decides again since {TODAY}",
    ]
    assert shown[-1] == "Green in 1.0 s"


def test_many_of_them_are_counted() -> None:
    many = replace(RECORD, outcome=Outcome(unsteady=(FLAKY,) * 13))
    assert "backend_test  and 3 more flaky" in render_summary([many], duration_s=1)


def test_a_quarantine_that_ended_since_is_told_as_over() -> None:
    past = replace(RECORD, outcome=Outcome(unsteady=(replace(HELD, until=str(TODAY)),)))
    assert f"decides again since {TODAY}" in render_summary([past], duration_s=1)


def test_markdown_has_them_in_a_list() -> None:
    text = render_markdown(build_report([RECORD], duration_s=1))
    assert "### Flaky and quarantined tests" in text
    assert "- `backend_test` **flaky** `a.py::test_a`: passed when run again; failed 1 of 2" in text
    clean = replace(RECORD, outcome=Outcome())
    assert "Flaky" not in render_markdown(build_report([clean], duration_s=1))


def test_a_record_keeps_them_and_masks_their_names() -> None:
    assert parse_json(render_json(RECORD)) == RECORD
    masked = mask_texts(RECORD, lambda text: text.replace("test_b", "***"))
    assert [one.test for one in masked.outcome.unsteady] == [OVER.test, FLAKY.test, "a.py::***"]


def test_what_does_not_decide_is_told_from_what_is_merely_known() -> None:
    forgiven = {one.kind: one.forgiven for one in (FLAKY, HELD, OVER)}
    assert forgiven == {"flaky": True, "quarantined": True, "overdue": False}
    assert not replace(FLAKY, result="passed").forgiven
    assert not replace(HELD, result="passed").forgiven


def shares(*unseen: str) -> list[JobRecord]:
    made = []
    for number, entries in enumerate(unseen, 1):
        numbers = {"tests": 2, "failed": 0, "quarantined": 1, "collected": 4, "selected": 2}
        facts = {"shard": f"{number}/2", "test_names": "x", "pass_gate": "100"}
        facts |= {"quarantine_unseen": entries} if entries else {}
        outcome = Outcome(metrics=numbers, facts=facts, unsteady=(FLAKY,))
        made.append(JobRecord(record=replace(RECORD, outcome=outcome), reports=Path("none")))
    return made


def test_an_entry_that_no_share_has_a_test_for_is_red() -> None:
    def joined(*unseen: str) -> Outcome:
        return join_outcomes(shares(*unseen), (), lambda folders: None)

    assert joined("one\ntwo", "three").passed
    assert joined("one", "").passed
    red = joined("one\ntwo", "two")
    assert not red.passed
    assert [failure.title for failure in red.failures] == ["quarantine: no test two was found"]
    assert red.metrics["pass_percent"] == 100 and red.unsteady == (FLAKY,)
    assert "quarantine_unseen" not in red.facts
