"""Marks at the lines of files: the most important ones that GitHub has room for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from cicd.github.commands import render_command
from cicd.model import Failure, Verdict
from cicd.output import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOM = 10
"""Errors of a step, and warnings; GitHub drops what is more without a word.
https://docs.github.com/en/rest/checks/runs"""
_RANKS = {"test": 0, "migrations": 0, "types": 2, "lint": 3, "format": 4}
_OTHERS = 1
_LONGEST_TITLE = 200
_LONGEST_MESSAGE = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A session and what it found. `reason` speaks where there is no failure."""

    session: str
    verb: str
    verdict: Verdict | None
    failures: tuple[Failure, ...] = ()
    reason: str = ""


def annotate(sessions: Iterable[Judged], below: str = "") -> tuple[str, ...]:
    """The commands for a step: at most ten errors and ten warnings, and how many more there are.

    Failures of a red session are errors; those that a session allows, and what it could not
    verify, are warnings. `below` is the folder in git's working tree that paths begin in.
    """
    judged = list(sessions)
    red = [one for one in judged if one.verdict in (Verdict.FAILED, None)]
    rest = [one for one in judged if one not in red]
    return (*_level("error", red, below), *_level("warning", rest, below))


def _level(level: str, sessions: Sequence[Judged], below: str) -> list[str]:
    chosen = _by_importance(sessions)
    lines = [_render(level, one, failure, below) for one, failure in chosen[:ROOM]]
    if left := Counter(one.session for one, _ in chosen[ROOM:]):
        names = ", ".join(f"{session} {count}" for session, count in left.items())
        said = f"{left.total()} more {level}s have no annotation: {names}"
        lines.append(render_command("notice", said, title="more findings"))
    return lines


def _by_importance(sessions: Sequence[Judged]) -> list[tuple[Judged, Failure]]:
    """Tests before types before lint before format; of one kind, the sessions take turns."""
    found: list[tuple[Judged, Failure]] = []
    for rank in sorted({_rank(one) for one in sessions}):
        of_kind = [[(one, each) for each in _told(one)] for one in sessions if _rank(one) == rank]
        found += [each for turn in zip_longest(*of_kind) for each in turn if each]
    return found


def _rank(one: Judged) -> int:
    return _RANKS.get(one.verb, _OTHERS)


def _told(one: Judged) -> tuple[Failure, ...]:
    """A session that is not green has one annotation at least."""
    if one.failures or one.verdict is Verdict.PASSED:
        return one.failures
    return (Failure(title=one.reason or "did not finish", repeat=f"nox -s {one.session}"),)


def _render(level: str, one: Judged, failure: Failure, below: str) -> str:
    title, _, rest = plain(failure.title).strip().partition("\n")
    said = [title, rest, failure.detail]
    said += [f"{name}: {text}" for name, text in _commands(failure) if text]
    message = plain("\n".join(text for text in said if text.strip()))
    return render_command(
        level,
        _cut(message, _LONGEST_MESSAGE),
        file=_place(failure.path, below),
        line=failure.line if failure.path else None,
        title=_cut(f"{one.session}: {title}", _LONGEST_TITLE),
    )


def _commands(failure: Failure) -> tuple[tuple[str, str], ...]:
    return (("fix", failure.fix), ("repeat", failure.repeat))


def _place(path: str, below: str) -> str:
    """GitHub counts from the root of the repository, where the noxfile need not be."""
    whole = "/".join(part for part in (below, path) if part not in ("", "."))
    return whole if path and not path.startswith(("/", "../")) else ""


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
