"""A test run that ended, and the numbers that it shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd.frontend.suite_settling import Settled

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.config.parts import Frontend
    from cicd.config.shard import Shard
    from cicd.frontend.suite_plan import SuitePlan
    from cicd.frontend.suite_report import SuiteReport
    from cicd.frontend.toolchain import Toolchain
    from cicd.model import Completed


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteRun:
    """A test run that ended: what was asked for, and what came of it.

    `counted` is the number of tests that a runner without a report says it ran. `settled` is
    what came of tests that are run again or in quarantine, `report` what decides.
    """

    root: Path
    part: Frontend
    toolchain: Toolchain
    plan: SuitePlan
    done: Completed
    report: SuiteReport | None
    problem: str
    counted: int | None
    coverage_percent: float | None
    narrowed: bool
    repeat_prefix: str
    shard: Shard | None = None
    affected: bool = False
    settled: Settled = field(default_factory=lambda: Settled(report=None))


def render_headline(run: SuiteRun) -> str:
    if run.affected and not (run.report and run.report.cases):
        return "no test is affected"
    if run.report is None and run.shard is not None:
        return f"shard {run.shard} · 0 tests"
    if run.report is None:
        return "numbers unknown" if run.counted is None else plural(run.counted, "test")
    failed, total = run.report.count("failed"), count_tests(run.report)
    broken = sum(not case.name for case in run.report.failed)
    tests = f"{failed} of {total} tests failed" if failed else plural(total, "test")
    parts = [tests, *([f"{plural(broken, 'file')} could not be run"] if broken else [])]
    flaky, aside = _forgiven(run)
    parts += [f"{flaky} flaky"] if flaky else []
    parts += [f"{aside} failed in quarantine"] if aside else []
    if run.shard is not None:
        return " · ".join((f"shard {run.shard}", *parts))
    if run.coverage_percent is not None:
        # Rounded down: 99.6 % is not all of it.
        parts.append(f"{int(run.coverage_percent)} % covered")
    elif not (run.plan.measures or run.narrowed):
        parts.append("coverage not measured")
    return " · ".join(parts)


def _forgiven(run: SuiteRun) -> tuple[int, int]:
    """How many tests were flaky, and how many failed in quarantine."""
    kinds = [one.kind for one in run.settled.unsteady if one.forgiven]
    return kinds.count("flaky"), kinds.count("quarantined")


def plural(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def count_tests(report: SuiteReport) -> int:
    return sum(bool(case.name) for case in report.cases)


def suite_metrics(run: SuiteRun) -> dict[str, float]:
    metrics: dict[str, float] = {} if run.counted is None else {"tests": run.counted}
    if run.report:
        metrics = {name: run.report.count(name) for name in ("passed", "failed", "skipped")}
        metrics["tests"] = count_tests(run.report)
    for name, number in zip(("flaky", "quarantined"), _forgiven(run), strict=True):
        metrics |= {name: number} if number else {}
    if run.coverage_percent is not None:
        metrics["coverage_percent"] = run.coverage_percent
    return metrics
