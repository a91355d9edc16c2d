"""Sets quarantined tests aside: they ran, are told of, and do not decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cicd.backend.failures import name_from_root, test_name
from cicd.config.quarantine import Quarantine, nearest, read_quarantine
from cicd.model import Failure, Unsteady

if TYPE_CHECKING:
    from cicd.backend.junit import Case, Report
    from cicd.backend.testers.port import SuiteJob, Tester


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """`report` is of the tests that decide, `cases` are the failed ones that do not, each with
    the day of its end. `unseen` are entries that no test of the run falls under."""

    report: Report
    cases: tuple[tuple[Case, str], ...] = ()
    unsteady: tuple[Unsteady, ...] = ()
    unseen: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()


def set_aside(job: SuiteJob, tester: Tester, report: Report) -> Aside:
    """An entry that names no test is an error where all tests ran; of a share of them, whoever
    joins the shares can tell."""
    quarantine = read_quarantine(job.part, job.today)
    if not quarantine.until:
        return Aside(report=report)
    names = {case.key: test_name(job, tester, case) for case in report.cases}
    held = {
        c.key: e for c in report.cases if quarantine.holds(e := quarantine.entry_of(names[c.key]))
    }
    unseen = () if job.selection.partial else quarantine.unknown(names.values())
    ran = [case for case in report.cases if case.key in held and case.kind != "skipped"]
    return Aside(
        report=replace(
            report,
            failed=tuple(case for case in report.failed if case.key not in held),
            aside=len(ran),
        ),
        cases=tuple(
            (case, quarantine.until[held[case.key]].isoformat())
            for case in report.failed
            if case.key in held
        ),
        unsteady=tuple(_told(job, quarantine, names, report)),
        unseen=unseen,
        failures=() if job.shard else tuple(_unknown(job, unseen, tuple(names.values()))),
    )


def _told(
    job: SuiteJob,
    quarantine: Quarantine,
    names: Mapping[tuple[str, str, str], str],
    report: Report,
) -> Iterator[Unsteady]:
    for case in report.cases:
        if entry := quarantine.entry_of(names[case.key]):
            yield Unsteady(
                test=name_from_root(job, names[case.key]),
                kind="quarantined" if quarantine.holds(entry) else "overdue",
                result=case.kind if case.kind in ("passed", "skipped") else "failed",
                until=quarantine.until[entry].isoformat(),
            )


def _unknown(job: SuiteJob, unseen: tuple[str, ...], names: tuple[str, ...]) -> Iterator[Failure]:
    for entry in unseen:
        near = nearest(entry, names)
        fix = f'did you mean "{near}"?' if near else "remove it from `quarantine` in the noxfile"
        title = f"quarantine: no test {entry} was found"
        yield Failure(title=title, path=job.part.path, fix=fix)
