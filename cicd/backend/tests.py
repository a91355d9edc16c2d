"""Runs the tests of a part and judges from their reports."""

from __future__ import annotations

import shlex
import shutil
import signal
from typing import TYPE_CHECKING

from cicd.backend import catalog
from cicd.backend.coverage import judge_coverage, read_coverage, render_percent
from cicd.backend.failures import Words, run_command_of
from cicd.backend.fields import from_root
from cicd.backend.junit import Report, parse_junit
from cicd.backend.shards import as_share, judge_division, require_divisible
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
    records what was asked for.
    """
    require_divisible(job)
    tester = require_tester(job.part)
    _clear(job)
    done = job.place.runner.run(tester.suite_command(job), timeout_s=job.part.timeout_s)
    now = _running(job, running)
    if not done.timed_out:
        _write_coverage(job, tester)
    try:
        report = _read_report(job, tester, done)
    except ValueError as error:
        reason = tester.explain(done.output) or str(error)
        return _no_report(job, done, reason, now, repeat_prefix)
    return _judge(job, tester, done, report, Words(repeat_prefix, inspectable))


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
    for folder in (job.running, job.share_notes):
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
        title = _time_limit(job)
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


def _judge(job: SuiteJob, tester: Tester, done: Completed, report: Report, words: Words) -> Outcome:
    failed = tuple(words.failure(job, tester, case) for case in report.failed)
    percent, unread = _coverage(job)
    odd = _judge_time(job, done) or tester.judge_end(job, done, report)
    odd = (*odd, *_judge_number(job, tester, report))
    broken = tuple(map(words.whole, (*odd, *unread, *_judge_coverage(job, percent))))
    outcome = Outcome(
        headline=_headline(job, report, percent, broken),
        passed=_enough_passed(job, report) and not broken,
        failures=(*broken, *failed),
        unverified=_all_skipped(report),
        metrics=_metrics(report, percent),
        facts={"arguments": shlex.join(job.selection.arguments)},
    )
    return as_share(job, outcome) if job.shard else outcome


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
    return (Failure(title=_time_limit(job), path=job.part.path, detail=detail),)


def _time_limit(job: SuiteJob) -> str:
    return f"the time limit of {job.part.timeout_s:g} s was reached"


def _judge_number(job: SuiteJob, tester: Tester, report: Report) -> tuple[Failure, ...]:
    if job.shard:
        return judge_division(job, report.tests)
    if report.tests or (tester is command and not job.junit.is_file()):
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


def _all_skipped(report: Report) -> tuple[str, ...]:
    if report.tests and report.tests == len(report.skipped):
        return (f"all {report.tests} tests were skipped",)
    return ()


def _headline(
    job: SuiteJob, report: Report, percent: float | None, broken: tuple[Failure, ...]
) -> str:
    if broken and not report.failed:
        return broken[0].title
    words = [_numbers(job, report)]
    if report.skipped:
        words.append(f"{len(report.skipped)} skipped")
    if percent is not None and not (job.selection.partial or job.shard):
        words.append(f"{render_percent(percent)} covered")
    elif job.selection.partial and job.part.coverage_percent is not None:
        words.append("coverage not judged: a part of the tests ran")
    return " · ".join(words)


def _numbers(job: SuiteJob, report: Report) -> str:
    if not report.failed:
        return "1 test" if report.tests == 1 else f"{report.tests} tests"
    if report.pass_percent + 1e-9 >= job.part.min_pass_percent:
        ran = report.tests - len(report.skipped)
        return f"{report.passed} of {ran} passed ({render_percent(report.pass_percent)})"
    return f"{len(report.failed)} of {report.tests} tests failed"


def _metrics(report: Report, percent: float | None) -> dict[str, float]:
    numbers: dict[str, float] = {
        "tests": report.tests,
        "failed": len(report.failed),
        "skipped": len(report.skipped),
        "pass_percent": report.pass_percent,
        "duration_s": report.duration_s,
    }
    return numbers if percent is None else {**numbers, "coverage_percent": percent}
