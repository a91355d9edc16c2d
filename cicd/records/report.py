"""What a run comes to, as a value: what the terminal and the Markdown of it both say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd.model import Verdict
from cicd.output import render_size
from cicd.records.judgement import Judgement, judge
from cicd.records.origin import earned

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cicd.records.record import Record
    from cicd.records.slowest import SlowTest

    Numbers = Mapping[str, Mapping[str, float]]

SIGNS = {Verdict.PASSED: "✓", Verdict.FAILED: "✗", Verdict.NOT_VERIFIED: "–"}
_SIZES = ("size_bytes", "build_bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A run. `records` are in the order of the table, `missing` are required sessions that left
    none. `before` has the numbers of the default branch, by session."""

    records: tuple[Record, ...]
    missing: tuple[str, ...]
    judgement: Judgement
    duration_s: float
    before: Numbers = field(default_factory=dict)
    slowest: tuple[SlowTest, ...] = ()
    unkept: Mapping[str, str] = field(default_factory=dict)
    """Why a green verdict is not kept for later, by session."""

    @property
    def verdict(self) -> Verdict:
        return self.judgement.verdict

    @property
    def title(self) -> str:
        """The verdict in one line."""
        took = f"{self.duration_s:.1f} s"
        if self.judgement.red:
            return f"Red in {took}: {', '.join(self.judgement.red)}"
        allowed = [record.session for record in self.records if record.outcome.failures]
        but = f", with failures in {', '.join(allowed)}" if allowed else ""
        return f"Green in {took}{self._reused()}{but}{self._with_gaps()}"

    def _reused(self) -> str:
        number = sum(record.reused is not None for record in self.records)
        return f", {number} of {len(self.records)} reused" if number else ""

    def _with_gaps(self) -> str:
        number = len(self.gaps)
        sessions = "one session" if number == 1 else f"{number} sessions"
        return f", with {sessions} NOT VERIFIED" if number else ""

    @property
    def gaps(self) -> tuple[Record, ...]:
        """The records of what could not be verified."""
        return tuple(r for r in self.records if r.session in self.judgement.unverified)


def build_report(
    records: Iterable[Record],
    *,
    required: Iterable[str] = (),
    order: Sequence[str] = (),
    duration_s: float | None = None,
    before: Numbers | None = None,
    slowest: Sequence[SlowTest] = (),
) -> Report:
    """`order` is that of the table; sessions that it does not name come after it.

    Without `duration_s` it is what lies between the first beginning and the last end.
    """
    places = {name: place for place, name in enumerate(order)}
    ordered = sorted(records, key=lambda record: places.get(record.session, len(places)))
    judgement = judge(ordered, required)
    known = {record.session for record in ordered}
    return Report(
        records=tuple(ordered),
        missing=tuple(name for name in judgement.red if name not in known),
        judgement=judgement,
        duration_s=_span_s(ordered) if duration_s is None else duration_s,
        before=before or {},
        slowest=tuple(slowest),
    )


def _span_s(records: Sequence[Record]) -> float:
    from datetime import datetime

    begun = [datetime.fromisoformat(record.started_at).timestamp() for record in records]
    ended = [start + record.duration_s for start, record in zip(begun, records, strict=True)]
    return max(ended) - min(begun) if records else 0.0


def headline(record: Record) -> str:
    """The numbers that matter, and in one line why it did not pass."""
    if record.verdict is None:
        return "did not finish"
    since = f"{earned(record)}, unchanged since" if record.reused else ""
    parts = (since, record.outcome.headline, first_line(record.reason))
    return " · ".join(dict.fromkeys(part for part in parts if part))


def first_line(text: str) -> str:
    """Without the announcement of lines that do not follow here."""
    return text.splitlines()[0].removesuffix(" Tried:") if text else ""


def took(record: Record) -> str:
    """How long it took in this run."""
    return "reused" if record.reused else f"{record.duration_s:.1f} s"


def sign(record: Record) -> str:
    return SIGNS[record.verdict] if record.verdict else "✗"


def tests(record: Record) -> str:
    """How many, of these failed, and skipped."""
    metrics = record.outcome.metrics
    if "tests" not in metrics:
        return ""
    words = [f"{metrics['tests']:.0f}"]
    for name in ("failed", "skipped"):
        if metrics.get(name):
            words.append(f"{metrics[name]:.0f} {name}")
    return ", ".join(words)


def coverage(report: Report, record: Record) -> str:
    """Its percentage, cut and not rounded, and what changed since the default branch's last run."""
    percent = record.outcome.metrics.get("coverage_percent")
    if percent is None:
        return ""
    before = report.before.get(record.session, {}).get("coverage_percent")
    change = 0.0 if before is None else percent - before
    said = f"{int(percent * 10) / 10:g} %"
    return f"{said} ({change:+.1f})" if abs(change) >= 0.05 else said


def size(report: Report, record: Record) -> str:
    """That of an image or of a build, with its change."""
    for name in _SIZES:
        if number := record.outcome.metrics.get(name):
            before = report.before.get(record.session, {}).get(name, number)
            change = number - before
            told = abs(change) >= max(1000.0, number / 1000)
            now = render_size(number)
            return f"{now} ({render_size(change, '+')})" if told else now
    return ""
