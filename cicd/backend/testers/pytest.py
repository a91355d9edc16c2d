"""pytest, with pytest-cov, and pytest-xdist where workers are asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.backend.testers import unittest
from cicd.model import Command, Completed, Failure
from cicd.output import last_lines, plain

if TYPE_CHECKING:
    from cicd.backend.junit import Case, Report
    from cicd.backend.testers.port import SuiteJob

_OK, _FAILED, _INTERRUPTED, _INTERNAL, _USAGE, _NONE = range(6)
"""https://docs.pytest.org/en/stable/reference/exit-codes.html"""

_REASON = re.compile(
    r"^(?:E  |ERROR:|[\w. -]+: error:|INTERNALERROR>(?= \w+(?:Error|Exception))) *(.+)$", re.M
)
_CUT_SHORT = re.compile(r"^!{3,} .* !{3,}$", re.M)
"""So pytest says that it stopped, and our plugin that more than tests failed."""
_OWN_GATE = re.compile(r"^.*(?:Required test coverage of|Coverage failure: total of).*$", re.M)


def suite_command(job: SuiteJob) -> Command:
    """The project's own `addopts` come before these, and what the user gives comes after:
    for pytest the later option wins."""
    argv = (str(job.environment.python), "-m", "pytest", *_report_options(job))
    return Command(
        (
            *argv,
            *(("--testmon", "--no-cov") if job.affected else _coverage_options(job)),
            *_workers(job),
            *_share(job),
            *_to_the_end(job),
            *job.selection.arguments,
        ),
        cwd=job.folder,
        env=job.variables(),
    )


def _report_options(job: SuiteJob) -> tuple[str, ...]:
    # xunit1 is the family that tells the file of a test.
    return (f"--junitxml={job.junit}", "-o", "junit_family=xunit1", "--durations=10")


def _coverage_options(job: SuiteJob) -> tuple[str, ...]:
    sources = tuple(f"--cov={name}" for name in job.source) or ("--cov",)
    # The project's own gate is about all tests as well.
    gate = ("--cov-fail-under=0",) if job.selection.partial else ()
    return (*sources, "--cov-report=term:skip-covered", *gate)


def _workers(job: SuiteJob) -> tuple[str, ...]:
    return () if job.part.workers == 1 else ("-n", str(job.part.workers))


def _share(job: SuiteJob) -> tuple[str, ...]:
    return ("-p", "cicd_shard", f"--cicd-shard={job.shard}") if job.shard else ()


def _to_the_end(job: SuiteJob) -> tuple[str, ...]:
    """A project may stop at its first failure, and measure nothing then."""
    return ("-p", "cicd_to_the_end", "--maxfail=0") if job.forgives else ()


def report_command(job: SuiteJob) -> Command | None:
    # pytest-cov writes JSON from 4.1 on, and nothing at all under its --no-cov-on-fail.
    return unittest.report_command(job, show=False)


def case_id(case: Case, file: str) -> str:
    """ "tests/test_orders.py::TestBasket::test_empty[two books]"."""
    if not file:
        return f"{case.classname}.{case.name}".strip(".")
    module = case.file.removesuffix(".py").replace("/", ".")
    if case.name == module:
        return file
    classes = case.classname.removeprefix(module).strip(".")
    return "::".join((file, *filter(None, classes.split(".")), case.name))


def judge_end(job: SuiteJob, done: Completed, report: Report) -> tuple[Failure, ...]:
    code = done.return_code
    gate = _OWN_GATE.search(done.output) if code == _FAILED else None
    if gate:
        return (Failure(title=gate[0].strip(), path=job.part.path),)
    if code == _NONE or (code in (_OK, _FAILED) and (report.failed or code == _OK)):
        return ()
    if code == _INTERRUPTED and report.failed:
        return ()
    return (_odd_end(job, done),)


def ran_all(done: Completed, report: Report) -> bool:
    return done.return_code == _FAILED and not _CUT_SHORT.search(plain(done.output))


def _odd_end(job: SuiteJob, done: Completed) -> Failure:
    code = done.return_code
    words = {
        _FAILED: "pytest failed, and no test of its report did",
        _INTERRUPTED: "pytest was interrupted",
        _INTERNAL: "pytest had an internal error",
        _USAGE: "pytest could not start",
    }
    title = words.get(code, f"pytest ended with {code}")
    if reason := explain(done.output):
        title += f": {reason}"
    return Failure(title=title, path=job.part.path, detail=last_lines(done.output, 12))


def explain(output: str) -> str:
    reasons: list[str] = _REASON.findall(output)
    return reasons[-1].strip() if reasons else ""
