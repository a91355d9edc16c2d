"""What earlier runs tell of the tests of this one: which of them are flaky."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from cicd.cache.elements import Elements, Unknown
from cicd.cache.flaky import History, Run, describe, note_run
from cicd.errors import CicdError
from cicd.model import AGAIN, Outcome, Unsteady

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.records.record import Record
    from cicd.steps.work import Work

_FAILED_ONCE = (AGAIN, "failed")


def with_history(
    work: Work, record: Record, outcome: Outcome, settle: Callable[[], Elements | Unknown]
) -> Outcome:
    """Adds this run to the history of its session, and to the outcome what the history tells:
    how often its flaky tests failed, and whether none but these failed now.

    `settle` tells the run's whole key: what is compared with others is a run that has one.
    Nothing where no tests ran, and for a part of them. A history that cannot be written changes
    no verdict: that is said in a line.
    """
    if work.arguments or not outcome.metrics.get("tests"):
        return outcome
    failed, key = dict.fromkeys(_failed(outcome)), settle()
    run = Run(
        run=record.run,
        at=record.started_at,
        key=key.key if isinstance(key, Elements) else "",
        failed=tuple(work.masks.apply(test) for test in failed),
        complete=all(failure.test for failure in outcome.failures),
    )
    again = [work.masks.apply(one.test) for one in outcome.unsteady if one.result == AGAIN]
    try:
        history = note_run(work.place.state, work.session, run, again)
    except (OSError, CicdError) as error:
        work.say(f"the history of flaky tests cannot be written: {error}")
        return outcome
    return _told(outcome, history, run, work.place.reports / "junit.xml")


def _failed(outcome: Outcome) -> Iterator[str]:
    yield from (failure.test for failure in outcome.failures if failure.test)
    yield from (one.test for one in outcome.unsteady if one.result in _FAILED_ONCE)


def _told(outcome: Outcome, history: History, run: Run, junit: Path) -> Outcome:
    known = [
        replace(one, history=describe(history, one.test)) if one.test in history.flaky else one
        for one in outcome.unsteady
    ]
    named = {one.test for one in known}
    late = [test for test in history.flaky if test not in named and history.of_late(test)]
    passed = _present([test for test in late if test not in run.failed], junit)
    more = (
        Unsteady(
            test=test,
            kind="flaky",
            result="failed" if test in run.failed else "passed",
            history=describe(history, test),
        )
        for test in late
        if test in run.failed or test in passed
    )
    told = replace(outcome, unsteady=(*known, *more))
    failed = [failure.test for failure in outcome.failures]
    if failed and not outcome.passed and all(test in history.flaky for test in failed):
        headline = f"{outcome.headline} · none but known to be flaky"
        return replace(told, headline=headline)
    return told


def _present(tests: Iterable[str], junit: Path) -> frozenset[str]:
    """Those that the report still has: a test that is gone did not pass."""
    from xml.etree.ElementTree import ParseError, iterparse

    waiting, found = set(tests), set[str]()
    try:
        for _, element in iterparse(junit) if waiting else ():
            if element.tag == "testcase":
                name = element.get("name", "")
                found |= {test for test in waiting if test.endswith((f"::{name}", f".{name}"))}
                element.clear()
    except (OSError, ParseError):
        pass
    return frozenset(found)
