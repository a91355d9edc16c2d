"""What the tests of a run come to: quarantined ones set aside, failed ones run again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.backend.again import run_again
from cicd.backend.aside import set_aside
from cicd.backend.failures import name_from_root, test_name
from cicd.backend.junit_rewrite import rewrite_junit
from cicd.model import AGAIN, Failure, Unsteady

if TYPE_CHECKING:
    from cicd.backend.junit import Report
    from cicd.backend.testers.port import SuiteJob, Tester
    from cicd.model import Completed


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """`first` is the report as the run left it, `report` what decides. `unseen` are entries of
    the quarantine that no test of the run falls under."""

    first: Report
    report: Report
    unsteady: tuple[Unsteady, ...] = ()
    unseen: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """For the headline."""
        flaky, failed = self._counts()
        told = [f"{flaky} flaky"] if flaky else []
        return (*told, *([f"{failed} failed in quarantine"] if failed else []))

    @property
    def metrics(self) -> dict[str, float]:
        """Those of the quarantine ran, whatever came of it."""
        flaky, _ = self._counts()
        numbers = {"flaky": flaky, "quarantined": self.report.aside}
        return {name: number for name, number in numbers.items() if number}

    def _counts(self) -> tuple[int, int]:
        forgiven = [one.kind for one in self.unsteady if one.forgiven]
        return forgiven.count("flaky"), forgiven.count("quarantined")


def settle(job: SuiteJob, tester: Tester, done: Completed, report: Report) -> Settled:
    """Nothing is forgiven to a run that ended before all of its tests had run: it is then said
    that it did, and every failure counts. The JUnit report says what was decided."""
    aside = set_aside(job, tester, report)
    if not report.failed or not (job.part.retries or aside.cases):
        return Settled(
            first=report,
            report=aside.report,
            unsteady=aside.unsteady,
            unseen=aside.unseen,
            failures=aside.failures,
        )
    if done.timed_out or not tester.ran_all(done, report):
        cut = Failure(title=_CUT, path=job.part.path)
        return Settled(first=report, report=report, failures=(cut,) if aside.cases else ())
    again = run_again(job, tester, aside.report)
    rewrite_junit(
        job.junit,
        flaky=[case.key for case in again.flaky],
        aside={case.key: f"in quarantine until {until}" for case, until in aside.cases},
    )
    flaky = (
        Unsteady(test=name_from_root(job, test_name(job, tester, case)), kind="flaky", result=AGAIN)
        for case in again.flaky
    )
    return Settled(
        first=report,
        report=again.report,
        unsteady=(*flaky, *aside.unsteady),
        unseen=aside.unseen,
        failures=aside.failures,
    )


_CUT = "the run ended before all tests had run: no quarantine holds in it"
