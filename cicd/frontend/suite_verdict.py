"""The verdict on a test run: what failed, where, and how to repeat just that."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.frontend.checks import locate
from cicd.frontend.output import last_telling_lines
from cicd.frontend.shards import is_empty_share, shard_gates
from cicd.frontend.suite_run import render_headline, suite_metrics
from cicd.frontend.suite_tool import SuiteTool
from cicd.frontend.unfinished import find_unfinished
from cicd.model import Failure, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.frontend.suite_report import Case
    from cicd.frontend.suite_run import SuiteRun


def judge_run(run: SuiteRun) -> Outcome:
    """Green only with an exit code of 0, a report that shows tests and no failed one, and
    enough coverage where the part asks for it."""
    failures = tuple(_failures(run))
    unverified: tuple[str, ...] = ()
    if run.part.coverage_percent is not None and run.narrowed:
        unverified = ("coverage was not judged: arguments were given",)
    return Outcome(
        headline=failures[0].title if failures and not run.report else render_headline(run),
        passed=not failures,
        failures=failures,
        unverified=unverified,
        metrics=suite_metrics(run),
        facts={**run.toolchain.facts, "command": str(run.plan.command), **shard_gates(run)},
        unsteady=run.settled.unsteady,
    )


def _failures(run: SuiteRun) -> Iterator[Failure]:
    if run.done.timed_out:
        yield _timeout(run)
    failed = run.report.failed if run.report else ()
    yield from (_test_failure(run, case) for case in failed)
    yield from run.settled.failures
    if not run.done.timed_out and not failed:
        yield from _run_failures(run)
    if not run.done.timed_out:
        yield from _coverage_failures(run)


def _timeout(run: SuiteRun) -> Failure:
    files = find_unfinished(run.toolchain.folder, run.done.output)
    return Failure(
        title=f"the tests did not end within {run.part.timeout_s:g} s",
        path=locate(run.root, run.toolchain.folder, files[0]) if len(files) == 1 else "",
        detail=_say_unfinished(files) if run.plan.report else last_telling_lines(run.done.output),
        repeat=_repeat(run, files[0]) if len(files) == 1 else run.repeat_prefix,
    )


def _say_unfinished(files: tuple[str, ...]) -> str:
    if not files:
        return "every test file had ended: something they started keeps the runner alive"
    more = f" and {len(files) - 5} more" if len(files) > 5 else ""
    return f"not finished: {', '.join(files[:5])}{more}"


def _test_failure(run: SuiteRun, case: Case) -> Failure:
    file = Path(case.file)
    inside = file.is_relative_to(run.toolchain.folder)
    own = file.relative_to(run.toolchain.folder).as_posix() if inside else case.file
    return Failure(
        title=case.name or "the test file could not be run",
        path=locate(run.root, run.toolchain.folder, case.file),
        line=case.line,
        detail=_first_error(case.message),
        repeat=_repeat(run, own, case.name),
        test="::".join(
            filter(None, (locate(run.root, run.toolchain.folder, case.file), case.name))
        ),
    )


def _first_error(message: str) -> str:
    """What went wrong, without the stack; jest's expected and received are on own lines."""
    lines = [line.strip() for line in message.splitlines()]
    kept = [line for line in lines if line and not line.startswith(("at ", "● "))]
    own = re.compile(r"^(Expected|Received|[-+] )")
    return "\n".join([*kept[:1], *(line for line in kept[1:] if own.match(line))][:3])


def _repeat(run: SuiteRun, file: str, name: str = "") -> str:
    if not run.repeat_prefix:
        return ""
    # Both runners take patterns, the name's as well as jest's file's.
    by_path = run.plan.tool is SuiteTool.JEST and re.search(r"[][()+*?^${}|]", file)
    words = [*(["--runTestsByPath"] if by_path else []), file]
    words += ["-t", re.sub(r"[.*+?^${}()|[\]\\]", r"\\\g<0>", name)] if name else []
    return f"{run.repeat_prefix} {shlex.join(words)}"


def _run_failures(run: SuiteRun) -> Iterator[Failure]:
    """What is wrong though no test failed."""
    tail, repeat = last_telling_lines(run.done.output), run.repeat_prefix.removesuffix(" --")
    if is_empty_share(run):
        return
    if run.problem:
        title = f"{run.problem} (exit code {run.done.return_code})"
        if "No tests found" in run.done.output or "No test files found" in run.done.output:
            title = "no tests were found"
        yield Failure(title=title, detail=tail, repeat=repeat)
    elif run.counted == 0 and run.done.ok:
        yield Failure(title="no tests were found", detail=tail, repeat=repeat)
    elif run.report and not run.report.count("passed") and not run.shard:
        skipped, aside = run.report.count("skipped"), run.report.count("aside")
        title = f"all {skipped} tests are skipped" if skipped else "no tests were found"
        title = f"all {skipped + aside} tests are in quarantine or skipped" if aside else title
        yield Failure(title=title, detail=tail, repeat=repeat)
    elif not run.done.ok and not run.settled.excused:
        title = f"the tests ended with exit code {run.done.return_code}"
        title += ", though none failed" if run.report else ""
        yield Failure(title=title, detail=tail, repeat=repeat)


def _coverage_failures(run: SuiteRun) -> Iterator[Failure]:
    wanted, measured = run.part.coverage_percent, run.coverage_percent
    if wanted is None or run.narrowed:
        return
    if not run.plan.measures:
        yield _unmeasured(run, wanted)
    elif run.shard:
        return
    elif measured is None:
        if run.report:
            yield Failure(title=f"coverage: {wanted:g} % wanted, no report was written")
    elif measured < wanted:
        title = f"coverage: {measured:g} % of lines, {wanted:g} % wanted"
        yield Failure(title=title, repeat=run.repeat_prefix.removesuffix(" --"))


def _unmeasured(run: SuiteRun, wanted: float) -> Failure:
    vitest = run.plan.tool is SuiteTool.VITEST
    return Failure(
        title=f"coverage: {wanted:g} % wanted, and it cannot be measured",
        path=f"{run.part.path}/package.json",
        detail="" if vitest else "only jest and vitest are asked for it",
        fix="add @vitest/coverage-v8 to devDependencies" if vitest else "",
    )
