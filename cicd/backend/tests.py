"""Runs the tests of a part and judges from their reports."""

from __future__ import annotations

import shlex
import shutil
import signal
from typing import TYPE_CHECKING

from cicd.backend import catalog
from cicd.backend.again import FOLDER
from cicd.backend.failures import Words, run_command_of
from cicd.backend.fields import from_root
from cicd.backend.junit import Report, parse_junit
from cicd.backend.settling import settle
from cicd.backend.shards import require_divisible
from cicd.backend.suite_verdict import judge_suite, time_limit
from cicd.backend.testers import command
from cicd.errors import SettingsError
from cicd.model import Failure, Outcome
from cicd.output import last_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cicd.backend.testers.port import SuiteJob, Tester
    from cicd.config.parts import Backend
    from cicd.model import Completed


def run_tests(
    job: SuiteJob,
    *,
    repeat_prefix: str,
    inspectable: bool = False,
    running: Callable[[], Mapping[str, str]] | None = None,
) -> Outcome:
    """Runs a part's tests under coverage and judges from the reports that they leave.

    Leaves `junit.xml`, `coverage.xml` and `coverage.json` in the session's reports.
    `repeat_prefix` is what a test's name is put behind ("nox -s backend_test --");
    `inspectable`: there is a database that `--keep-db` would keep. `running` tells which
    test each pytest process runs now; unittest's runner of ours says so in `job.running`.

    Red: a test that fails (beyond what `min_pass_percent` allows), no test at all, a
    missing or broken report, an end that does not agree with the report, the time limit,
    coverage below `coverage_percent`. One shard cannot be judged by shares of a whole: it
    records what was asked for. A test that passes when it is run again, and one in quarantine,
    are told of and do not make it red.
    """
    require_divisible(job)
    tester = require_tester(job.part)
    _clear(job)
    done = job.place.runner.run(tester.suite_command(job), timeout_s=job.part.timeout_s)
    now = _running(job, running)
    try:
        report = _read_report(job, tester, done)
    except ValueError as error:
        if not done.timed_out:
            _write_coverage(job, tester)
        reason = tester.explain(done.output) or str(error)
        return _no_report(job, done, reason, now, repeat_prefix)
    settled = settle(job, tester, done, report)
    if not done.timed_out:
        _write_coverage(job, tester)
    return judge_suite(job, tester, done, settled, Words(repeat_prefix, inspectable))


def _write_coverage(job: SuiteJob, tester: Tester) -> None:
    command = tester.report_command(job)
    if command and job.measured.is_file():
        quiet = "--show" not in command.argv
        job.place.runner.run(command, timeout_s=job.part.timeout_s, quiet=quiet)


def require_tester(part: Backend) -> Tester:
    """The test runner that a part names; raises `SettingsError` for an unknown one."""
    if isinstance(part.tests, tuple):
        return command
    if part.tests in catalog.TESTERS and isinstance(part.tests, str):
        return catalog.TESTERS[part.tests]
    known = ", ".join(catalog.TESTERS)
    raise SettingsError(f"cicd.Backend(tests={part.tests!r}): known are {known}, or a tuple")


def _clear(job: SuiteJob) -> None:
    """Removes what an earlier run left: a stale report must not be taken for this one's."""
    for file in (job.junit, job.measured, job.coverage_xml, job.coverage_json):
        file.unlink(missing_ok=True)
    further = job.place.reports.glob(f"{FOLDER}*")
    for folder in (job.running, job.share_notes, *further):
        shutil.rmtree(folder, ignore_errors=True)
    job.running.mkdir(parents=True)


def _running(job: SuiteJob, asked: Callable[[], Mapping[str, str]] | None) -> tuple[str, ...]:
    told = dict(asked()) if asked else {}
    for file in sorted(job.running.iterdir()):
        told.setdefault(file.name, file.read_text(encoding="utf-8"))
    return tuple(dict.fromkeys(name for name in told.values() if name))


def _read_report(job: SuiteJob, tester: Tester, done: Completed) -> Report:
    if tester is command and not job.junit.is_file() and not done.timed_out:
        return Report()
    return parse_junit(job.junit)


def _no_report(
    job: SuiteJob, done: Completed, reason: str, now: tuple[str, ...], repeat_prefix: str
) -> Outcome:
    """The run was cut short: names the tests that ran at that moment."""
    if done.timed_out:
        title = time_limit(job)
        headline = "time limit reached"
    else:
        headline = f"the test run {_ending(done)}"
        title = headline if now else f"{headline}: {reason}"
    if now:
        title += f" while {', '.join(now)} ran"
    failure = Failure(
        title=title,
        path=from_root(job.place, job.folder, now[0].partition("::")[0]) if now else job.part.path,
        detail=last_lines(done.output, 12),
        repeat=(
            shlex.join((*shlex.split(repeat_prefix), *now))
            if now
            else run_command_of(repeat_prefix)
        ),
    )
    return Outcome(headline=headline, passed=False, failures=(failure,))


def _ending(done: Completed) -> str:
    # A shell says 128 + n of a program that signal n has ended.
    number = -done.return_code if done.return_code < 0 else done.return_code - 128
    try:
        return f"was ended by {signal.Signals(number).name}"
    except ValueError:
        return f"ended with exit code {done.return_code}"
