"""A verdict that is reused: looked up before a session runs, kept after it was green."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cicd.cache.elements import Elements, Unknown
from cicd.cache.entry import Entry
from cicd.cache.mode import Mode, read_mode
from cicd.errors import CicdError
from cicd.model import Verdict
from cicd.records.record import Record, Reused, parse_json, render_json
from cicd.steps.fingerprint.assemble import fingerprint, input_names
from cicd.steps.fingerprint.installed import still_installed
from cicd.steps.snapshot import current_snapshot, forget_snapshot

if TYPE_CHECKING:
    from cicd.steps.snapshot import Snapshot
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


def look_up(subject: Subject, arguments: Sequence[str]) -> Lookup:
    """Whether a verdict of this session may be reused. Raises nothing that is expected: what
    cannot be read is told by the session that then runs. An unknown `CICD_CACHE` is raised."""
    snapshot = current_snapshot()
    mode = read_mode(snapshot.environ)
    if not (mode.reads or mode.writes):
        return Lookup(subject=subject, mode=mode, elements=Unknown("CICD_CACHE is off"))
    try:
        elements = fingerprint(snapshot, subject, arguments)
    except (CicdError, OSError) as error:
        elements = Unknown(str(error))
    if isinstance(elements, Unknown):
        return Lookup(subject=subject, mode=mode, elements=elements, why_not=elements.reason)
    entry = snapshot.store.find(subject.session, elements.key) if mode.reads else None
    if entry and (changed := still_installed(snapshot, subject, entry)):
        return Lookup(subject=subject, mode=mode, elements=elements, why_not=changed)
    return Lookup(subject=subject, mode=mode, elements=elements, entry=entry)


def reused_record(entry: Entry, run: str, now: str) -> Record | None:
    """The record of a session that need not run; None for an entry without a green one."""
    try:
        earned = parse_json(entry.record)
    except CicdError:
        return None
    if earned.verdict is not Verdict.PASSED:
        return None
    reused = Reused(earned_at=entry.earned_at, where=entry.where, run=earned.run, key=entry.key)
    return replace(earned, run=run, started_at=now, duration_s=0.0, commands=(), reused=reused)


def keep_verdict(lookup: Lookup, record: Record, arguments: Sequence[str]) -> str:
    """Keeps a green verdict under the key it was looked up by; returns why not, "" if it is kept.

    The key is taken again: a run whose inputs changed while it went on is not kept.
    """
    forget_snapshot()
    if record.verdict is not Verdict.PASSED or not lookup.mode.writes:
        return "nothing is kept of this run"
    snapshot = current_snapshot()
    try:
        now = fingerprint(snapshot, lookup.subject, arguments)
    except (CicdError, OSError) as error:
        return str(error)
    if isinstance(now, Unknown):
        return now.reason
    if isinstance(lookup.elements, Elements) and lookup.elements != now:
        return "what decides it changed while it ran"
    try:
        snapshot.store.keep(_entry(snapshot, lookup.subject, now, record))
    except OSError as error:
        return f"cannot write: {error}"
    return ""


def _entry(snapshot: Snapshot, subject: Subject, elements: Elements, record: Record) -> Entry:
    ids = snapshot.contents.ids
    return Entry(
        session=subject.session,
        key=elements.key,
        elements=elements.values,
        record=render_json(record),
        earned_at=record.started_at,
        where=_where(snapshot),
        files={name: ids[name] for name in sorted(input_names(snapshot, subject)) if name in ids},
        installed=record.decided.packages,
    )


def _where(snapshot: Snapshot) -> str:
    """The run of a CI service by its address, else this machine by its name."""
    from cicd.github.context import read_context

    context = read_context(snapshot.environ)
    return context.run_url if context else socket.gethostname() or os.name
