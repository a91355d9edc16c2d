"""Runs tests that failed again, a few times: one that passes then is flaky, and not broken."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cicd.backend.failures import test_name
from cicd.backend.junit import parse_junit
from cicd.backend.selection import Selection

if TYPE_CHECKING:
    from cicd.backend.junit import Case, Report
    from cicd.backend.testers.port import SuiteJob, Tester

MOST = 50
"""When more tests than this fail it is no flakiness: they are not run again."""
FOLDER = "retry-"
"""What the folders of further runs begin with, below the reports of the session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """`report` is that of the first run, without the tests that passed later: these are `flaky`.
    `still` are those that failed in every run."""

    report: Report
    flaky: tuple[Case, ...] = ()


def run_again(job: SuiteJob, tester: Tester, report: Report) -> Again:
    """Each further run has those tests alone, in one process, on a database as the first had.

    A test passes only by its own entry in the report of a run that ended well.
    """
    failed = report.failed if len(report.failed) <= MOST else ()
    for number in range(1, job.part.retries + 1):
        if not failed:
            break
        passed = _passed(further(job, tester, failed, number), tester)
        failed = tuple(case for case in failed if case.key not in passed)
    if len(report.failed) > MOST:
        return Again(report=report)
    flaky = tuple(case for case in report.failed if case not in failed)
    return Again(report=replace(report, failed=failed), flaky=flaky)


def further(job: SuiteJob, tester: Tester, failed: tuple[Case, ...], number: int) -> SuiteJob:
    """The same job with these tests alone, with reports of its own."""
    names = dict.fromkeys(test_name(job, tester, case) for case in failed)
    return replace(
        job,
        place=replace(job.place, reports=job.place.reports / f"{FOLDER}{number}"),
        part=replace(job.part, workers=1),
        selection=Selection((*job.selection.options, *names), partial=True, keep_db=False),
        shard=None,
        affected=None,
    )


def _passed(job: SuiteJob, tester: Tester) -> frozenset[tuple[str, str, str]]:
    job.running.mkdir(parents=True, exist_ok=True)
    done = job.place.runner.run(tester.suite_command(job), timeout_s=job.part.timeout_s)
    if done.timed_out:
        return frozenset()
    try:
        report = parse_junit(job.junit)
    except ValueError:
        return frozenset()
    if tester.judge_end(job, done, report):
        return frozenset()
    return frozenset(case.key for case in report.cases if case.kind == "passed")
