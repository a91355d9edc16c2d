"""A run as Markdown, for a job's summary or a file."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cicd.model import Verdict
from cicd.output import plain
from cicd.records.origin import earned, link
from cicd.records.report import coverage, headline, sign, size, tests, took
from cicd.records.unsteady import render_unsteady, worst_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cicd.model import Failure
    from cicd.records.record import Record
    from cicd.records.report import Report

_FAILURES_SHOWN = 10
_DETAIL_LINES, _LINE_LENGTH, _TEXT_LENGTH = 20, 400, 1000
_NOTE_BYTES = 500
_MARKS = {Verdict.PASSED: "✅", Verdict.FAILED: "❌", Verdict.NOT_VERIFIED: "⚠️"}


@dataclass(frozen=True, slots=True)
class _Piece:
    """Lines that are shown together or not at all. `kind` is what they are counted as."""

    text: str
    kind: str = "lines"


def render_markdown(report: Report, limit_bytes: int = 1024 * 1024) -> str:
    """The verdict first; then the sessions, what could not be verified, the failures with what
    repeats them, the slowest tests. What goes beyond the limit is left out from the end, and
    counted. Nothing that a tool says is read as Markdown or HTML."""
    mark = _MARKS[report.verdict]
    head = _Piece(f"## {mark} {escape(report.title)}\n")
    body = (
        *_table(report),
        *_gaps(report),
        *_failures(report),
        *_unsteady(report),
        *_slowest(report),
    )
    return _cut((head, *body), limit_bytes)


def _cut(pieces: Iterable[_Piece], limit_bytes: int) -> str:
    kept: list[str] = []
    left: Counter[str] = Counter()
    room = limit_bytes - _NOTE_BYTES
    for piece in pieces:
        room -= len(piece.text.encode()) + 1
        if (room < 0 and kept) or left:
            left[piece.kind] += 1
        else:
            kept.append(piece.text)
    if left:
        counted = ", ".join(f"{count} {kind}" for kind, count in left.items())
        kept.append(f"\n_Left out for want of room: {counted}._")
    return "\n".join(kept).rstrip() + "\n"


def _table(report: Report) -> Iterator[_Piece]:
    columns = ("", "session", "time", "tests", "coverage", "size", "")
    yield _Piece(f"| {' | '.join(columns)} |\n|---|---|---:|---|---|---|---|")
    for record in report.records:
        cells = (
            sign(record),
            code(record.session, in_table=True),
            took(record),
            tests(record),
            coverage(report, record),
            size(report, record),
            _said(record),
        )
        yield _Piece(f"| {' | '.join(cells)} |", "sessions")
    for name in report.missing:
        yield _Piece(f"| ✗ | {code(name, in_table=True)} | | | | | did not run |", "sessions")


def _said(record: Record) -> str:
    """With the way to the run that earned it."""
    said, since = escape(headline(record)), escape(earned(record))
    address = link(record)
    return said.replace(since, f"[{since}]({address})", 1) if address and since else said


def _gaps(report: Report) -> Iterator[_Piece]:
    for number, record in enumerate(report.gaps):
        head = "" if number else "\n### NOT VERIFIED\n\n"
        yield _Piece(f"{head}- {code(record.session)}: {_lines(record.reason)}", "gaps")


def _unsteady(report: Report) -> Iterator[_Piece]:
    found = [(record, one) for record in report.records for one in worst_first(record)]
    for number, (record, one) in enumerate(found):
        head = "" if number else "\n### Flaky and quarantined tests\n\n"
        kind, test, said = render_unsteady(one, datetime.now(UTC).date())
        line = f"- {code(record.session)} **{kind}** {code(test)}: {escape(said)}"
        yield _Piece(f"{head}{line}", "flaky or quarantined tests")


def _failures(report: Report) -> Iterator[_Piece]:
    blocks = [block for record in report.records for block in _failures_of(record)]
    if blocks:
        yield _Piece("\n### Failures")
        yield from blocks


def _failures_of(record: Record) -> Iterator[_Piece]:
    failures = record.outcome.failures
    for failure in failures[:_FAILURES_SHOWN]:
        yield _Piece(_failure(record.session, failure), "failures")
    if record.verdict is Verdict.FAILED and not failures and record.reason:
        said = f"\n{code(record.session)}\n\n{_block(record.reason)}"
        yield _Piece(f"{said}\n\n{_block(f'nox -s {record.session}')}", "failures")
    if (more := len(failures) - _FAILURES_SHOWN) > 0:
        yield _Piece(f"\n{code(record.session)} has {more} more, see its log", "failures")


def _failure(session: str, failure: Failure) -> str:
    where = (code(session), code(failure.location), f"**{escape(failure.title)}**")
    blocks = [" ".join(text for text in where if text)]
    if failure.detail.strip():
        blocks.append(_block(failure.detail))
    commands = (
        ("fix:     ", failure.fix),
        ("repeat:  ", failure.repeat),
        ("inspect: ", failure.inspect),
    )
    if told := "\n".join(f"{name}{text}" for name, text in commands if text):
        blocks.append(_block(told))
    return "\n" + "\n\n".join(blocks)


def _slowest(report: Report) -> Iterator[_Piece]:
    for number, slow in enumerate(report.slowest):
        head = (
            "" if number else "\n### Slowest tests\n\n| time | session | test |\n|---:|---|---|\n"
        )
        cells = (code(slow.session, in_table=True), code(slow.name, in_table=True))
        yield _Piece(f"{head}| {slow.time_s:.2f} s | {' | '.join(cells)} |", "slow tests")


def escape(text: str) -> str:
    """One line that is shown as it stands, in a cell of a table too. Within a word an
    underscore means nothing to GitHub; addresses and `:smile:` are told by their signs alone."""
    line = re.sub(r"[\\`*{}\[\]<>#|~!&$@]|(?<![^\W_])_|_(?![^\W_])", r"\\\g<0>", _line(text))
    line = re.sub(r":(?=//)", "&#58;", re.sub(r"(?i)\b(www)\.", r"\1&#46;", line))
    return re.sub(r":([\w+-]+):", r"&#58;\1&#58;", line)


def code(text: str, *, in_table: bool = False) -> str:
    """The same in the letters of code, with a fence that the text does not have. A bar ends a
    cell even in code, and what has both bar and backslash cannot be written so."""
    line = _line(text)
    if not line or (in_table and ("|" in line or "\\" in line)):
        return escape(line)
    fence = "`" * (_longest_fence(line) + 1)
    space = " " if "`" in line else ""
    return f"{fence}{space}{line}{space}{fence}"


def _block(text: str) -> str:
    lines = _clean(text).strip("\n").split("\n")
    shown = [line if len(line) <= _LINE_LENGTH else f"{line[:_LINE_LENGTH]}…" for line in lines]
    more = [f"… {len(lines) - _DETAIL_LINES} more lines"] if len(lines) > _DETAIL_LINES else []
    body = "\n".join([*shown[:_DETAIL_LINES], *more])
    fence = "`" * max(3, _longest_fence(body) + 1)
    return f"{fence}text\n{body}\n{fence}"


def _longest_fence(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in _clean(text).strip().split("\n")[:_DETAIL_LINES])


def _line(text: str) -> str:
    line = " ".join(_clean(text).split())
    return line if len(line) <= _TEXT_LENGTH else f"{line[:_TEXT_LENGTH]}…"


def _clean(text: str) -> str:
    """Without what a terminal obeys, and without signs that are not shown."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", plain(text))
