"""The verdict on a test run: from its end, its report, its coverage."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from cicd.backend.coverage import judge_coverage, read_coverage, render_percent
from cicd.backend.shards import as_share, judge_division
from cicd.backend.testers import command
from cicd.model import Failure, Outcome
from cicd.output import last_lines

if TYPE_CHECKING:
    from cicd.backend.failures import Words
    from cicd.backend.junit import Report
    from cicd.backend.settling import Settled
    from cicd.backend.testers.port import SuiteJob, Tester
    from cicd.model import Completed


def judge_suite(
    job: SuiteJob, tester: Tester, done: Completed, settled: Settled, words: Words
) -> Outcome:
    """What the tests that decide come to, and what is wrong with the run as a whole."""
    report = settled.report
    failed = tuple(words.failure(job, tester, case) for case in report.failed)
    percent, unread = _coverage(job)
    odd = _judge_time(job, done) or tester.judge_end(job, done, settled.first)
    odd = (*odd, *_judge_number(job, tester, report), *settled.failures)
    broken = tuple(map(words.whole, (*odd, *unread, *_judge_coverage(job, percent))))
    outcome = Outcome(
        headline=_headline(job, settled, percent, broken),
        passed=_enough_passed(job, report) and not broken,
        failures=(*broken, *failed),
        unverified=_nothing_decides(report),
        metrics=_metrics(settled, percent),
        facts={"arguments": shlex.join(job.selection.arguments)},
        unsteady=settled.unsteady,
    )
    return as_share(job, outcome, settled.unseen) if job.shard else outcome


def _enough_passed(job: SuiteJob, report: Report) -> bool:
    """Where some tests may fail, a shard cannot tell whether they are too many."""
    if not report.failed or (job.shard and job.part.min_pass_percent < 100):
        return True
    return report.pass_percent + 1e-9 >= job.part.min_pass_percent


def _judge_time(job: SuiteJob, done: Completed) -> tuple[Failure, ...]:
    """A run may leave its report, catch SIGTERM and end with 0 all the same."""
    if not done.timed_out:
        return ()
    detail = last_lines(done.output, 12)
    return (Failure(title=time_limit(job), path=job.part.path, detail=detail),)


def time_limit(job: SuiteJob) -> str:
    return f"the time limit of {job.part.timeout_s:g} s was reached"


def _judge_number(job: SuiteJob, tester: Tester, report: Report) -> tuple[Failure, ...]:
    if job.shard:
        return judge_division(job, report.tests)
    if report.tests or (tester is command and not job.junit.is_file()):
        return ()
    if job.affected and job.affected.selects:
        return ()
    chosen = shlex.join(job.selection.arguments)
    title = f"no test was run: `{chosen}` chooses none" if chosen else "no test was found"
    return (Failure(title=title, path=job.part.path),)


def _coverage(job: SuiteJob) -> tuple[float | None, tuple[Failure, ...]]:
    try:
        return read_coverage(job.coverage_json), ()
    except ValueError as error:
        return None, (Failure(title=str(error), path=job.part.path),)


def _judge_coverage(job: SuiteJob, percent: float | None) -> tuple[Failure, ...]:
    if job.selection.partial or job.shard:
        return ()
    why = "nothing was measured: is coverage switched off in the project's own settings?"
    return judge_coverage(percent, job.part.coverage_percent, why, job.part.path)


def _nothing_decides(report: Report) -> tuple[str, ...]:
    if report.tests and not report.deciding:
        aside = "in quarantine or " if report.aside else ""
        return (f"all {report.tests} tests were {aside}skipped",)
    return ()


def _headline(
    job: SuiteJob, settled: Settled, percent: float | None, broken: tuple[Failure, ...]
) -> str:
    report = settled.report
    if broken and not report.failed:
        return broken[0].title
    words = [_numbers(job, report), *settled.words]
    if report.skipped:
        words.append(f"{len(report.skipped)} skipped")
    if percent is not None and not (job.selection.partial or job.shard):
        words.append(f"{render_percent(percent)} covered")
    elif job.selection.partial and job.part.coverage_percent is not None:
        words.append("coverage not judged: a part of the tests ran")
    return " · ".join(words)


def _numbers(job: SuiteJob, report: Report) -> str:
    if job.affected and job.affected.selects and not report.tests:
        return "no test is affected"
    if not report.failed:
        return "1 test" if report.tests == 1 else f"{report.tests} tests"
    if report.pass_percent + 1e-9 >= job.part.min_pass_percent:
        return (
            f"{report.passed} of {report.deciding} passed ({render_percent(report.pass_percent)})"
        )
    return f"{len(report.failed)} of {report.tests} tests failed"


def _metrics(settled: Settled, percent: float | None) -> dict[str, float]:
    report = settled.report
    numbers: dict[str, float] = {
        "tests": report.tests,
        "failed": len(report.failed),
        "skipped": len(report.skipped),
        "pass_percent": report.pass_percent,
        "duration_s": report.duration_s,
        **settled.metrics,
    }
    return numbers if percent is None else {**numbers, "coverage_percent": percent}
