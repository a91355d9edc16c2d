"""What people are told, as text: short, and with all that one needs to act."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.model import Verdict
from cicd.output import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cicd.records.judgement import Judgement
    from cicd.records.record import Record

_LINE = 160
_SESSIONS = 8
_ERROR_LINES = 4
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whose message it is. `subject` is the first line of the commit's message, `link` leads to
    the run; what is "" is left out."""

    repository: str
    branch: str
    commit: str
    subject: str = ""
    author: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Plain text. `red` says whether it is bad news."""

    title: str
    body: str
    red: bool


def render_message(
    about: About,
    judgement: Judgement,
    records: Sequence[Record],
    mask: Callable[[str], str] = str,
) -> Message:
    """Some 1500 characters at most. `mask` hides secrets before anything is cut."""
    red = judgement.verdict is Verdict.FAILED
    lines = [("commit", f"{about.commit[:12]} {about.subject}"), ("author", about.author)]
    if red:
        lines += [("failed", _sessions(judgement.red)), ("error", _error(judgement, records))]
    lines.append(("", about.link))
    news = "is red" if red else "is green again"
    return Message(
        title=_line(mask(f"{about.repository}: {about.branch} {news}")),
        body="\n".join(_block(name, mask(text)) for name, text in lines if text.strip()),
        red=red,
    )


def _sessions(red: Sequence[str]) -> str:
    more = f" and {len(red) - _SESSIONS} more" if len(red) > _SESSIONS else ""
    return f"{', '.join(red[:_SESSIONS])}{more}"


def _error(judgement: Judgement, records: Iterable[Record]) -> str:
    """The first that was found; a session that found nothing says why it is red."""
    of_red = [record for record in records if record.session in judgement.red]
    for record in of_red:
        for failure in record.outcome.failures:
            where = f"{failure.location} " if failure.location else ""
            return f"{record.session}: {where}{failure.title}\n{failure.detail}"
    for record in of_red:
        return f"{record.session}: {record.reason or 'did not finish'}"
    return f"{judgement.red[0]}: did not run"


def _block(name: str, text: str) -> str:
    lines = [shown for line in plain(text).split("\n") if (shown := _line(line))]
    return f"{name}: " * bool(name) + "\n".join(lines[:_ERROR_LINES])


def _line(text: str) -> str:
    shown = " ".join(_CONTROL.sub(" ", plain(text)).split())
    return shown if len(shown) <= _LINE else f"{shown[: _LINE - 1]}…"
