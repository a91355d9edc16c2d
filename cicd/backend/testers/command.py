"""A test command of the user's own: its exit code is the verdict, unless it leaves a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.backend.fields import words
from cicd.model import Command, Completed, Failure
from cicd.output import last_lines

if TYPE_CHECKING:
    from cicd.backend.junit import Case, Report
    from cicd.backend.testers.port import SuiteJob


def suite_command(job: SuiteJob) -> Command:
    """The command finds in `CICD_JUNIT` where its report is looked for."""
    argv = (*words(job.part.tests), *job.selection.arguments)
    return Command(argv, cwd=job.folder, env=job.variables())


def report_command(job: SuiteJob) -> Command | None:
    return None


def case_id(case: Case, file: str) -> str:
    return f"{case.classname}.{case.name}".strip(".")


def judge_end(job: SuiteJob, done: Completed, report: Report) -> tuple[Failure, ...]:
    if done.ok or report.failed:
        return ()
    title = f"`{done.command}` ended with {done.return_code}"
    return (Failure(title=title, path=job.part.path, detail=last_lines(done.output, 12)),)


def ran_all(done: Completed, report: Report) -> bool:
    return False


def explain(output: str) -> str:
    return ""
