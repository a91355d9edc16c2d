"""What the shares of a session found, together, and the gates that only all of them can meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.model import Failure, Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from cicd.records.jobs import JobRecord

_OF_A_SHARE = frozenset(("pass_percent", "coverage_percent", "collected", "selected"))

_UNSEEN = "quarantine_unseen"


def join_outcomes(
    jobs: Sequence[JobRecord],
    problems: Sequence[Failure],
    measure: Callable[[Sequence[Path]], float | None],
) -> Outcome:
    """The numbers of all shares added up. `problems` are those of the shares as such; without
    any, the gates are judged: the tests that ran, how many passed, what they covered."""
    outcomes = [job.record.outcome for job in jobs]
    metrics, unread = _metrics(jobs), list(problems)
    try:
        if (covered := measure([job.reports for job in jobs])) is not None:
            metrics["coverage_percent"] = covered
    except ValueError as error:
        unread.append(Failure(title=str(error)))
    facts = _facts(outcomes)
    broken = (*unread, *(() if unread else _gate_failures(jobs, metrics, facts)))
    green = all(job.record.verdict is not Verdict.FAILED for job in jobs)
    gaps = [gap for outcome in outcomes for gap in outcome.unverified]
    if metrics.get("tests") and metrics["tests"] == metrics.get("skipped"):
        gaps.append(f"all {metrics['tests']:g} tests were skipped")
    return Outcome(
        headline=_headline(jobs, metrics, facts, broken),
        passed=green and not broken,
        failures=(*broken, *(one for outcome in outcomes for one in outcome.failures)),
        unverified=tuple(dict.fromkeys(gaps)),
        metrics=metrics,
        facts=facts,
        unsteady=tuple(dict.fromkeys(one for outcome in outcomes for one in outcome.unsteady)),
    )


def _metrics(jobs: Sequence[JobRecord]) -> dict[str, float]:
    metrics: dict[str, float] = {}
    for job in jobs:
        for name, number in job.record.outcome.metrics.items():
            if name not in _OF_A_SHARE:
                metrics[name] = metrics.get(name, 0) + number
    if "tests" in metrics:
        ran = metrics["tests"] - metrics.get("skipped", 0) - metrics.get("quarantined", 0)
        passed = ran - metrics.get("failed", 0)
        metrics["pass_percent"] = 100.0 * passed / ran if ran else 0.0
    return metrics


def _facts(outcomes: Sequence[Outcome]) -> dict[str, str]:
    """What all of them say stands once; where they differ, each of it."""
    said_once = (name for outcome in outcomes for name in outcome.facts if name != _UNSEEN)
    names = dict.fromkeys(said_once)
    said = {name: dict.fromkeys(one.facts.get(name, "") for one in outcomes) for name in names}
    return {name: ", ".join(filter(None, texts)) for name, texts in said.items()}


def _gate_failures(
    jobs: Sequence[JobRecord], metrics: Mapping[str, float], facts: Mapping[str, str]
) -> Iterator[Failure]:
    yield from _division_failures(jobs)
    yield from _quarantine_failures(jobs)
    if not metrics.get("tests"):
        yield Failure(title="no test was found")
    for gate, metric, what in (
        ("pass_gate", "pass_percent", "the share of passed tests"),
        ("coverage_gate", "coverage_percent", "coverage"),
    ):
        wanted = max((float(text) for text in facts.get(gate, "").split(", ") if text), default=0)
        reached = metrics.get(metric)
        if wanted and reached is None:
            yield Failure(title=f"{what} was not measured, and {wanted:g} % are asked for")
        elif reached is not None and reached + 1e-9 < wanted:
            yield Failure(title=f"{what} {_percent(reached)} is below {wanted:g} %")


def _quarantine_failures(jobs: Sequence[JobRecord]) -> Iterator[Failure]:
    """An entry that names a test of no share names none at all."""
    unseen = [job.record.outcome.facts.get(_UNSEEN, "").split("\n") for job in jobs]
    for entry in unseen[0] if unseen else ():
        if entry and all(entry in others for others in unseen):
            yield Failure(
                title=f"quarantine: no test {entry} was found",
                fix="remove it from `quarantine` in the noxfile, or correct it",
            )


def _division_failures(jobs: Sequence[JobRecord]) -> Iterator[Failure]:
    """Every test in one share and in no other: each of them must have seen the same tests."""
    names = {job.record.outcome.facts.get("test_names", "") for job in jobs}
    metrics = [job.record.outcome.metrics for job in jobs]
    selected = sum(each.get("selected", 0) for each in metrics)
    if len(names) > 1 or any(each.get("collected", 0) != selected for each in metrics):
        yield Failure(
            title="the shards did not find the same tests: some may have run twice, or not at all",
            detail="names of tests that differ from run to run cannot be divided",
        )


def _headline(
    jobs: Sequence[JobRecord],
    metrics: Mapping[str, float],
    facts: Mapping[str, str],
    broken: Sequence[Failure],
) -> str:
    if broken:
        return broken[0].title
    tests, failed = metrics.get("tests", 0), metrics.get("failed", 0)
    words = [f"{failed:g} of {tests:g} tests failed" if failed else f"{tests:g} tests"]
    if skipped := metrics.get("skipped"):
        words.append(f"{skipped:g} skipped")
    if "coverage_percent" in metrics:
        words.append(f"{_percent(metrics['coverage_percent'])} covered")
    return " · ".join(filter(None, (*words, f"{len(jobs)} shards", facts.get("database", ""))))


def _percent(percent: float) -> str:
    """Rounded down, so that 89.96 does not look like the 90 that it misses."""
    return f"{int(percent * 10) / 10:g} %"
