"""The end of a run, as the terminal shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.model import Verdict
from cicd.records.judgement import Judgement, judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cicd.model import Failure
    from cicd.records.record import Record

_SIGNS = {Verdict.PASSED: "✓", Verdict.FAILED: "✗", Verdict.NOT_VERIFIED: "–"}
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
    """A table of the sessions, then what one needs to act on; the verdict comes last.

    `order` is that of the table; sessions that it does not name come after it.
    """
    places = {name: place for place, name in enumerate(order)}
    records = sorted(records, key=lambda record: places.get(record.session, len(places)))
    judgement = judge(records, required)
    missing = [name for name in judgement.red if name not in {r.session for r in records}]
    width = max(map(len, (*(record.session for record in records), *missing)), default=0)
    table = [_row(record, width) for record in records]
    table += [f"  {name:<{width}}  ✗           did not run" for name in missing]
    blocks = ["\n".join(table), *_failures(records), *_ending(records, judgement, duration_s)]
    return "\n" + "\n\n".join(blocks) + "\n"


def _ending(records: Sequence[Record], judgement: Judgement, duration_s: float) -> list[str]:
    took = f"{duration_s:.1f} s"
    told: dict[str, str] = {}
    gaps = [
        f"  {record.session}: {_reason(record, 4, told)}"
        for record in records
        if record.session in judgement.unverified
    ]
    if judgement.red:
        red = f"Red in {took}: {', '.join(judgement.red)}"
        return ["\n".join(["NOT VERIFIED:", *gaps]), red] if gaps else [red]
    green = f"Green in {took}{_with_failures(records)}"
    if not gaps:
        return [green]
    number = "one session" if len(gaps) == 1 else f"{len(gaps)} sessions"
    return ["\n".join([f"{green}, with {number} NOT VERIFIED:", *gaps])]


def _with_failures(records: Sequence[Record]) -> str:
    """A part may allow some of its tests to fail: the verdict says so."""
    allowed = [record.session for record in records if record.outcome.failures]
    return f", with failures in {', '.join(allowed)}" if allowed else ""


def _row(record: Record, width: int) -> str:
    sign = _SIGNS[record.verdict] if record.verdict else "✗"
    took = f"{record.duration_s:.1f} s"
    return f"  {record.session:<{width}}  {sign} {took:>8}   {_headline(record)}".rstrip()


def _headline(record: Record) -> str:
    if record.verdict is None:
        return "did not finish"
    parts = (record.outcome.headline, _first_line(record.reason))
    return " · ".join(dict.fromkeys(part for part in parts if part))


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


def _failure(session: str, failure: Failure) -> str:
    indent = " " * (len(session) + 2)
    head = "  ".join(text for text in (session, failure.location, failure.title) if text)
    lines = [head]
    lines += [f"{indent}{line}" for line in failure.detail.splitlines()[:_LINES_PER_DETAIL]]
    lines += [
        f"{indent}{name:<8} {value}"
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


def _first_line(text: str) -> str:
    """Without the announcement of lines that do not follow here."""
    return text.splitlines()[0].removesuffix(" Tried:") if text else ""
