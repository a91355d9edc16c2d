"""Django's own test runner (`manage.py test`), under coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.backend.testers import unittest
from cicd.model import Command, Completed, Failure

if TYPE_CHECKING:
    from cicd.backend.junit import Case, Report
    from cicd.backend.testers.port import SuiteJob


def suite_command(job: SuiteJob) -> Command:
    runner = ("--testrunner=cicd_unittest.DjangoRunner", "--noinput")
    test = (job.manage, "test", *runner, *job.selection.arguments)
    return unittest.coverage_command(job, *test)


def report_command(job: SuiteJob) -> Command | None:
    return unittest.report_command(job)


def case_id(case: Case, file: str) -> str:
    return unittest.case_id(case, file)


def judge_end(job: SuiteJob, done: Completed, report: Report) -> tuple[Failure, ...]:
    return unittest.judge_end(job, done, report)


def ran_all(done: Completed, report: Report) -> bool:
    return unittest.ran_all(done, report)


def explain(output: str) -> str:
    return unittest.explain(output)
