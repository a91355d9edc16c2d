"""A verdict that is reused: looked up before a session runs, kept after it was green."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cicd.cache.elements import Elements, Unknown
from cicd.cache.entry import Entry
from cicd.cache.mode import Mode, read_mode
from cicd.config.affected import AFFECTED
from cicd.config.parts import Backend
from cicd.errors import CicdError
from cicd.model import Verdict
from cicd.records.record import Record, Reused, parse_json
from cicd.steps.fingerprint.assemble import fingerprint
from cicd.steps.snapshot import Snapshot, current_snapshot

if TYPE_CHECKING:
    from cicd.steps.subject import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """What is known of a session before it runs. `why_not` says why nothing may be reused;
    then `entry` is None."""

    subject: Subject
    mode: Mode
    elements: Elements | Unknown
    entry: Entry | None = None
    why_not: str = ""


_known: list[tuple[Snapshot, dict[tuple[str, ...], Lookup]]] = []
"""What was looked up as long as nothing has run: a session is asked for more than once."""


def look_up(subject: Subject, arguments: Sequence[str]) -> Lookup:
    """Whether a verdict of this session may be reused. Raises nothing that is expected: what
    cannot be read is told by the session that then runs. An unknown `CICD_CACHE` is raised."""
    snapshot = current_snapshot()
    if not _known or _known[0][0] is not snapshot:
        _known[:] = [(snapshot, {})]
    found, name = _known[0][1], (subject.session, *arguments)
    if name not in found:
        found[name] = _look_up(snapshot, subject, arguments)
    return found[name]


def _look_up(snapshot: Snapshot, subject: Subject, arguments: Sequence[str]) -> Lookup:
    mode = read_mode(snapshot.environ)
    if not (mode.reads or mode.writes):
        off = Unknown("CICD_CACHE is off")
        return Lookup(subject=subject, mode=mode, elements=off, why_not=off.reason)
    elements = take_key(snapshot, subject, arguments)
    if isinstance(elements, Unknown):
        return Lookup(subject=subject, mode=mode, elements=elements, why_not=elements.reason)
    entry = snapshot.store.find(subject.session, elements.key) if mode.reads else None
    return Lookup(subject=subject, mode=mode, elements=elements, entry=entry)


def take_key(snapshot: Snapshot, subject: Subject, arguments: Sequence[str]) -> Elements | Unknown:
    """Everything that decides the verdict, with the keys of the sessions whose output it uses."""
    if AFFECTED in arguments:
        return Unknown(f"{AFFECTED} chooses tests by what it remembers")
    if subject.verb == "test" and _chooses(subject, arguments):
        return Unknown("its arguments choose tests: what they run may not be the same twice")
    try:
        elements = fingerprint(snapshot, subject, arguments)
    except (CicdError, OSError) as error:
        return Unknown(str(error))
    if isinstance(elements, Unknown):
        return elements
    values = dict(elements.values)
    for other in subject.requires:
        theirs = take_key(snapshot, other, arguments)
        if isinstance(theirs, Unknown):
            return Unknown(f"{other.session}, which it requires: {theirs.reason}", values)
        values[f"requires {other.session}"] = theirs.key
    return Elements(values)


def _chooses(subject: Subject, arguments: Sequence[str]) -> bool:
    """Whoever names tests, asks for the last failures or for the database wants to see them run."""
    if not arguments or not isinstance(subject.part, Backend):
        return bool(arguments)
    from cicd.backend.selection import parse_selection

    selection = parse_selection(arguments)
    return selection.partial or selection.keep_db


def reused_record(entry: Entry, run: str, now: str, commit: str = "") -> Record | None:
    """The record of a session that need not run; None for an entry without a green one.

    `commit` is what is checked out now: that of the run which earned it may be another.
    """
    try:
        earned = parse_json(entry.record)
    except CicdError:
        return None
    if earned.verdict is not Verdict.PASSED or earned.outcome.unverified:
        return None
    if earned.session != entry.session:
        return None
    return replace(
        earned,
        run=run,
        started_at=now,
        duration_s=0.0,
        outcome=replace(earned.outcome, facts={**earned.outcome.facts, "commit": commit}),
        reused=Reused(earned_at=entry.earned_at, where=entry.where, run=earned.run, key=entry.key),
    )
