"""What the tests of a run come to: quarantined ones set aside, failed ones run again."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.config.quarantine import Quarantine, nearest
from cicd.frontend.suite_report import Case, SuiteReport
from cicd.frontend.suite_tool import SuiteTool
from cicd.model import AGAIN, Failure, Unsteady

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cicd.model import Completed

MOST = 50
"""When more tests than this fail it is no flakiness: they are not run again."""
Further = Callable[[int, tuple[str, ...]], SuiteReport | None]
"""Runs the tests that these arguments choose, and returns the report of a run that ended; the
number is that of the attempt."""
_MORE_WRONG = re.compile(
    r"coverage threshold .*not met|does not meet .*threshold|Unhandled (?:Source )?Error"
    r"|Vitest caught|Got error running global"
)
_CUT = "more is wrong with the run than tests that failed: no quarantine holds in it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """`report` is of the tests that decide. `excused`: the runner ended as it did for nothing
    but tests that do not. `unseen` are entries of the quarantine that no test falls under."""

    report: SuiteReport | None
    unsteady: tuple[Unsteady, ...] = ()
    failures: tuple[Failure, ...] = ()
    unseen: tuple[str, ...] = ()
    excused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A run that ended, as far as it matters here. `whole`: all tests were to run; `lasting`: a
    script of the package would have followed a run without failures."""

    root: Path
    folder: Path
    tool: SuiteTool
    done: Completed
    report: SuiteReport | None
    retries: int
    quarantine: Quarantine
    whole: bool
    share: bool
    lasting: str = ""

    def name(self, case: Case, base: Path | None = None) -> str:
        file = os.path.relpath(case.file, base or self.folder).replace(os.sep, "/")
        return f"{file}::{case.name}" if case.name else file

    def from_root(self, case: Case) -> str:
        return self.name(case, self.root)


def settle(suite: Suite, further: Further) -> Settled:
    """Nothing is forgiven to a run that was cut short, or with which more is wrong than tests
    that failed: that would be hidden."""
    if suite.report is None or not (suite.retries or suite.quarantine.until):
        return Settled(report=suite.report)
    cases = suite.report.cases
    held = {case: suite.quarantine.entry_of(suite.name(case)) for case in cases}
    aside = {c for c in cases if c.status == "failed" and suite.quarantine.holds(held[c])}
    unseen = suite.quarantine.unknown(map(suite.name, cases)) if suite.whole else ()
    failures = () if suite.share else tuple(_unknown(suite, unseen))
    told = tuple(_told(suite, held))
    if not suite.report.failed:
        return Settled(
            report=suite.report, unsteady=told, failures=failures, unseen=unseen, excused=False
        )
    if not _ran_all(suite) or (aside and suite.lasting):
        cut = Failure(title=_reason(suite, bool(aside)))
        return Settled(report=suite.report, failures=(cut,) if aside else (), unseen=unseen)
    report, flaky = _again(suite, _put_aside(suite.report, aside), further)
    later = tuple(Unsteady(test=suite.from_root(c), kind="flaky", result=AGAIN) for c in flaky)
    return Settled(
        report=report,
        unsteady=(*later, *told),
        failures=failures,
        unseen=unseen,
        excused=not report.failed,
    )


def _reason(suite: Suite, quarantined: bool) -> str:
    if quarantined and suite.lasting and _ran_all(suite):
        return f"the script {suite.lasting} did not run, since a test in quarantine failed"
    return _CUT


def _ran_all(suite: Suite) -> bool:
    report, done = suite.report, suite.done
    ended = done.return_code == 1 and not done.timed_out
    return bool(ended and report and not report.interrupted and not _MORE_WRONG.search(done.output))


def _put_aside(report: SuiteReport, aside: set[Case]) -> SuiteReport:
    cases = (replace(c, status="aside") if c in aside else c for c in report.cases)
    return replace(report, cases=tuple(cases))


def _told(suite: Suite, held: Mapping[Case, str]) -> Iterator[Unsteady]:
    for case, entry in held.items():
        if entry:
            yield Unsteady(
                test=suite.from_root(case),
                kind="quarantined" if suite.quarantine.holds(entry) else "overdue",
                result=case.status,
                until=suite.quarantine.until[entry].isoformat(),
            )


def _unknown(suite: Suite, unseen: Sequence[str]) -> Iterator[Failure]:
    names = [suite.name(case) for case in suite.report.cases] if suite.report else []
    for entry in unseen:
        near = nearest(entry, names)
        fix = f'did you mean "{near}"?' if near else "remove it from `quarantine` in the noxfile"
        yield Failure(title=f"quarantine: no test {entry} was found", fix=fix)


def _again(
    suite: Suite, report: SuiteReport, further: Further
) -> tuple[SuiteReport, tuple[Case, ...]]:
    """A test passes only by its own entry in the report of a later run; a file that could not
    be run, when all that is in it passes."""
    if len(report.failed) > MOST:
        return report, ()
    flaky: tuple[Case, ...] = ()
    for number in range(1, suite.retries + 1):
        if not report.failed:
            break
        later = further(number, arguments(suite, report.failed))
        passed = tuple(case for case in report.failed if later and _passed(case, later))
        if later:
            report = _merged(report, passed, later)
        flaky += passed
    return report, flaky


def _passed(case: Case, later: SuiteReport) -> bool:
    found = [c for c in later.cases if c.file == case.file and case.name in ("", c.name)]
    if case.name:
        return [c.status for c in found] == ["passed"]
    return any(c.status == "passed" for c in found) and all(c.status != "failed" for c in found)


def _merged(report: SuiteReport, passed: Sequence[Case], later: SuiteReport) -> SuiteReport:
    cases = [replace(c, status="passed") if c in passed else c for c in report.cases if c.name]
    broken = [c for c in report.cases if not c.name and c not in passed]
    files = {c.file for c in passed if not c.name}
    return replace(
        report, cases=(*cases, *broken, *(c for c in later.cases if c.file in files and c.name))
    )


def arguments(suite: Suite, failed: Sequence[Case]) -> tuple[str, ...]:
    """What makes the runner run these tests: their files, and their names where all have one."""
    files = dict.fromkeys(suite.name(replace(case, name="")) for case in failed)
    by_path = ("--runTestsByPath",) if suite.tool is SuiteTool.JEST else ()
    if not all(case.name for case in failed):
        return (*by_path, *files)
    names = dict.fromkeys(_escaped(case.name) for case in failed)
    return (*by_path, *files, "-t", f"^({'|'.join(names)})$")


def _escaped(name: str) -> str:
    return re.sub(r"[.*+?^${}()|[\]\\]", r"\\\g<0>", name)
