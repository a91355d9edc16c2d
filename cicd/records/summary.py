"""The end of a run, as the terminal shows it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cicd.model import Verdict
from cicd.records.report import build_report, coverage, headline, sign, size, took
from cicd.records.unsteady import SHOWN, render_unsteady, worst_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cicd.model import Failure
    from cicd.records.record import Record
    from cicd.records.report import Report

_LINES_PER_DETAIL = 3
_LINES_PER_REASON = 10
_FAILURES_SHOWN = 5


def render_summary(
    records: Iterable[Record],
    *,
    required: Iterable[str] = (),
    order: Sequence[str] = (),
    duration_s: float,
) -> str:
    """What a run ends with, from its records."""
    return render_terminal(
        build_report(records, required=required, order=order, duration_s=duration_s)
    )


def render_terminal(report: Report, *, detailed: bool = False) -> str:
    """A table of the sessions, then what one needs to act on; the verdict comes last.

    `detailed` adds what changed and the slowest tests: what one looks up after a run.
    """
    names = (*(record.session for record in report.records), *report.missing)
    width = max(map(len, names), default=0)
    table = [_row(record, width, _changes(report, record, detailed)) for record in report.records]
    table += [f"  {name:<{width}}  ✗           did not run" for name in report.missing]
    slow = _slowest(report) if detailed else []
    told = (*_failures(report.records), *_unsteady(report.records), *_unkept(report))
    return "\n" + "\n\n".join(["\n".join(table), *slow, *told, *_ending(report)]) + "\n"


def _ending(report: Report) -> list[str]:
    told: dict[str, str] = {}
    gaps = [f"  {record.session}: {_reason(record, 4, told)}" for record in report.gaps]
    if not gaps:
        return [report.title]
    if report.judgement.red:
        return ["\n".join(["NOT VERIFIED:", *gaps]), report.title]
    return ["\n".join([f"{report.title}:", *gaps])]


def _row(record: Record, width: int, changes: str) -> str:
    said = " · ".join(filter(None, (headline(record), changes)))
    return f"  {record.session:<{width}}  {sign(record)} {took(record):>8}   {said}".rstrip()


def _changes(report: Report, record: Record, detailed: bool) -> str:
    numbers = (coverage(report, record), size(report, record)) if detailed else ()
    return " · ".join(number for number in numbers if "(" in number)


def _slowest(report: Report) -> list[str]:
    lines = [f"  {slow.time_s:8.2f} s  {slow.session}  {slow.name}" for slow in report.slowest]
    return ["\n".join(["Slowest tests:", *lines])] if lines else []


def _failures(records: Sequence[Record]) -> list[str]:
    blocks = []
    told: dict[str, str] = {}
    for record in records:
        failures = record.outcome.failures
        shown = [_failure(record.session, one) for one in failures[:_FAILURES_SHOWN]]
        if record.verdict is Verdict.FAILED and not failures and "\n" in record.reason:
            shown.append(f"{record.session}  {_reason(record, len(record.session) + 2, told)}")
        if len(failures) > len(shown):
            shown.append(f"{record.session}  and {len(failures) - len(shown)} more, see above")
        blocks += shown
    return blocks


def _unsteady(records: Sequence[Record]) -> list[str]:
    """Flaky and quarantined tests, whatever the verdict."""
    lines = []
    for record in records:
        found = worst_first(record)
        for one in found[:SHOWN]:
            kind, test, said = render_unsteady(one, datetime.now(UTC).date())
            lines.append(f"{record.session}  {kind}: {test}  {said}")
        if len(found) > SHOWN:
            lines.append(f"{record.session}  and {len(found) - SHOWN} more flaky or quarantined")
    return ["\n".join(lines)] if lines else []


def _unkept(report: Report) -> list[str]:
    """The same reason once: without git it is that of all."""
    by_reason: dict[str, list[str]] = {}
    for session, why in report.unkept.items():
        by_reason.setdefault(why, []).append(session)
    lines = [f"{', '.join(names)}  not kept for later: {why}" for why, names in by_reason.items()]
    return ["\n".join(lines)] if lines else []


def _failure(session: str, failure: Failure) -> str:
    indent = " " * (len(session) + 2)
    head = "  ".join(text for text in (session, failure.location, failure.title) if text)
    lines = [head]
    lines += [f"{indent}{line}" for line in failure.detail.splitlines()[:_LINES_PER_DETAIL]]
    lines += [
        f"{indent}{name:<8} {value}".replace("\n", f"\n{indent}{'':9}")
        for name, value in (
            ("fix:", failure.fix),
            ("repeat:", failure.repeat),
            ("inspect:", failure.inspect),
        )
        if value
    ]
    return "\n".join(lines)


def _reason(record: Record, indent: int, told: dict[str, str]) -> str:
    """All of it, since what was tried stands below the first line; the same one once.

    `told` keeps the session that each reason was first told for.
    """
    first = told.setdefault(record.reason, record.session)
    lines = record.reason.splitlines()[:_LINES_PER_REASON]
    if first != record.session and len(lines) > 1:
        return f"as {first}"
    return f"\n{' ' * indent}".join(lines)
