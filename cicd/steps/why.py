"""Why a session would run, or why it need not: against the verdict that is nearest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cicd.cache.blobs import shorten
from cicd.cache.elements import Elements
from cicd.cache.why import count_changes, is_about_files, render_changes
from cicd.records.origin import earned
from cicd.records.unkept import last_unkept
from cicd.steps.fingerprint.assemble import input_names
from cicd.steps.reuse import reused_record
from cicd.steps.snapshot import current_snapshot

if TYPE_CHECKING:
    from cicd.steps.reuse import Lookup

_COMPARED = 5
"""Entries whose lists of files are read: that of a large repository takes its time."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Whether a verdict is reused, and in one line why."""

    reused: bool
    text: str


def explain(lookup: Lookup | None) -> Reason:
    """`lookup` is None for a session of which nothing is kept. Reads what is kept, writes
    nothing."""
    if lookup is None:
        return Reason(False, "no verdict of it is ever reused")
    if lookup.entry:
        record = reused_record(lookup.entry, "", datetime.now(UTC).isoformat())
        if record is None:
            return Reason(False, "what is kept is not the record of a green run")
        return Reason(True, f"{earned(record)} ({lookup.entry.where})")
    if isinstance(lookup.elements, Elements):
        told = lookup.why_not or _changes(lookup, lookup.elements.values)
        last = last_unkept(current_snapshot().state, lookup.subject.session)
        return Reason(False, f"{told} · not kept the last time: {last}" if last else told)
    told = _changes(lookup, lookup.elements.known) if lookup.elements.known else ""
    return Reason(False, " · ".join(filter(None, (lookup.elements.reason, told))))


def _changes(lookup: Lookup, now: Mapping[str, str]) -> str:
    """Against the verdict that differs in the fewest elements, and then in the fewest files;
    the latest of those. Where not all is known, what is known is compared."""
    whole = isinstance(lookup.elements, Elements)
    kept = [
        (entry, entry.elements if whole else _only(entry.elements, now))
        for entry in current_snapshot().store.latest(lookup.subject.session)
    ]
    if not kept:
        return "no earlier verdict of it is kept here" if whole else ""
    fewest = min(count_changes(before, now) for _, before in kept)
    near = [each for each in kept if count_changes(each[1], now) == fewest]
    if not any(_files_differ(before, now) for _, before in near):
        return render_changes(near[0][1], now, {}, {})
    files = _files_now(lookup)
    found = [(before, current_snapshot().store.files(entry)) for entry, before in near[:_COMPARED]]
    before, their_files = min(found, key=lambda each: count_changes(each[1], files))
    return render_changes(before, now, their_files, files)


def _only(elements: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in elements.items() if name in names}


def _files_differ(before: Mapping[str, str], now: Mapping[str, str]) -> bool:
    return any(is_about_files(name) and before.get(name) != now[name] for name in now)


def _files_now(lookup: Lookup) -> dict[str, str]:
    snapshot = current_snapshot()
    ids = snapshot.contents.ids
    names = input_names(snapshot, lookup.subject)
    return shorten({name: ids[name] for name in names if name in ids})
