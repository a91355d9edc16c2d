"""What two records of one session found: their verdicts, their failures, their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicd.records.record import Record

_COUNTED = "tests passed failed skipped findings warnings files revisions heads".split()
_PERCENT = 0.1
"""Differences of coverage below this are those of threads and timing."""


def compare_results(here: Record, there: Record) -> Iterator[str]:
    """What fails on one side alone, then the numbers."""
    yield from _failures(here, there)
    yield from _numbers(here.outcome.metrics, there.outcome.metrics)


def compare_verdicts(here: Record, there: Record) -> str:
    same = here.verdict == there.verdict
    return "" if same else f"{_verdict(here)} here, {_verdict(there)} there"


def failures_of(record: Record) -> set[str]:
    return {f"{failure.path} {failure.title}".strip() for failure in record.outcome.failures}


def _verdict(record: Record) -> str:
    return str(record.verdict) if record.verdict else "not finished"


def _failures(here: Record, there: Record) -> Iterator[str]:
    one, two = failures_of(here), failures_of(there)
    for names, where in ((one - two, "here"), (two - one, "there")):
        if names:
            yield f"fails only {where}: {sorted(names)[0]}"


def _numbers(one: Mapping[str, float], two: Mapping[str, float]) -> Iterator[str]:
    for name in _COUNTED:
        if name in one and name in two and one[name] != two[name]:
            yield f"{one[name]:g} {name} here, {two[name]:g} there"
    covered = [each.get("coverage_percent") for each in (one, two)]
    if None not in covered:
        here, there = (float(each or 0) for each in covered)
        if abs(here - there) >= _PERCENT:
            yield f"{here:.1f} % covered here, {there:.1f} % there"
