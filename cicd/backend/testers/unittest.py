"""unittest, under coverage, with our runner that writes JUnit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.backend.testers.port import DRIVERS
from cicd.model import Command, Completed, Failure
from cicd.output import last_lines

if TYPE_CHECKING:
    from cicd.backend.junit import Case, Report
    from cicd.backend.testers.port import SuiteJob

_NO_TESTS = 5
"""From Python 3.12 on; before, a run without tests ends with 0."""


def suite_command(job: SuiteJob) -> Command:
    return coverage_command(job, str(DRIVERS / "cicd_unittest.py"), *job.selection.arguments)


def coverage_command(job: SuiteJob, *program: str) -> Command:
    """A Python program under coverage. Our own modules are not the project's."""
    source = (f"--source={','.join(job.source)}",) if job.source else ()
    head = (str(job.environment.python), "-m", "coverage", "run", *source)
    command = Command((*head, *program), cwd=job.folder, env=job.variables())
    return command.with_env({"CICD_SHARE": str(job.shard)}) if job.shard else command


def report_command(job: SuiteJob, *, show: bool = True) -> Command | None:
    argv = (str(job.environment.python), str(DRIVERS / "cicd_coverage.py"))
    reports = (str(job.coverage_xml), str(job.coverage_json), *(("--show",) if show else ()))
    command = Command((*argv, *reports), cwd=job.folder, env=job.variables())
    return command.with_env({"CICD_READS": None})


def case_id(case: Case, file: str) -> str:
    return f"{case.classname}.{case.name}".removeprefix("unittest.loader._FailedTest.")


def judge_end(job: SuiteJob, done: Completed, report: Report) -> tuple[Failure, ...]:
    if done.return_code in (0, _NO_TESTS) or report.failed:
        return ()
    title = f"the test run ended with {done.return_code}, and no test of its report failed"
    return (Failure(title=title, path=job.part.path, detail=last_lines(done.output, 12)),)


def ran_all(done: Completed, report: Report) -> bool:
    return done.return_code == 1 and not report.stopped


def explain(output: str) -> str:
    """The last line of a traceback."""
    found = re.findall(r"^(?:\w+\.)*\w*(?:Error|Exception|Exit|Configured)\b.*$", output, re.M)
    return str(found[-1]) if found else ""
