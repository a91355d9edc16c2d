"""After a session has run: a green verdict is kept, and a red one takes back what was kept."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cicd.cache.elements import Elements, Unknown
from cicd.cache.entry import Entry
from cicd.cache.prune import tidy
from cicd.model import Verdict
from cicd.records.record import render_json
from cicd.steps.fingerprint.assemble import input_names
from cicd.steps.reads import why_unreliable
from cicd.steps.reuse import take_key
from cicd.steps.snapshot import current_snapshot, forget_snapshot
from cicd.steps.written import unlisted_names, written_meanwhile
from cicd.system.run_name import began_at

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.records.record import Record
    from cicd.steps.reuse import Lookup
    from cicd.steps.snapshot import Snapshot
    from cicd.steps.subject import Subject

REPORTS = ("junit.xml", "coverage.xml", "coverage.json", "coverage/lcov.info")
"""What a run that reuses the verdict shows again, and what `github_join` reads of a share."""


def whole_key(lookup: Lookup, record: Record, arguments: Sequence[str]) -> Elements | Unknown:
    """Everything that decided a run that has just ended, or why that is not known.

    The key is taken again: a run whose inputs changed while it went on has none, nor has one
    that read what the key does not count.
    """
    forget_snapshot()
    snapshot, subject = current_snapshot(), lookup.subject
    now = take_key(snapshot, subject, arguments)
    if isinstance(now, Unknown):
        return now
    if changed := now.changed_since(lookup.elements):
        return Unknown(f"{', '.join(changed[:3])} changed while it ran")
    seen = {*input_names(snapshot, subject), *unlisted_names(snapshot.root, now.values)}
    if written := written_meanwhile(snapshot.root, subject, seen, record.started_at):
        were = "was" if len(written) == 1 else "were"
        return Unknown(f"{', '.join(written)} {were} written while it ran")
    why = why_unreliable(snapshot, subject, record.run)
    return Unknown(why) if why else now


def keep_verdict(
    lookup: Lookup,
    record: Record,
    arguments: Sequence[str],
    reports: Path,
    settle: Callable[[], Elements | Unknown],
) -> str:
    """Keeps a green verdict under the key it was looked up by; returns why not, "" if there is
    nothing to say. A red one takes back what was kept under the same key: it was luck.

    `settle` tells the run's `whole_key`.
    """
    if record.verdict is Verdict.FAILED:
        _take_back(lookup, arguments)
    if record.verdict is not Verdict.PASSED or not lookup.mode.writes:
        return ""
    if (part := lookup.subject.part) and part.reuse is False:
        return ""  # as it was asked for
    if record.outcome.failures:
        return "some of it failed, and was allowed to"
    if record.outcome.forgives:
        return "a test failed that did not decide"
    key = settle()
    if isinstance(key, Unknown):
        return key.reason
    snapshot = current_snapshot()
    names, ids = input_names(snapshot, lookup.subject), snapshot.contents.ids
    complaints = snapshot.store.keep(
        _entry(snapshot, lookup.subject, key, record),
        {name: ids[name] for name in names if name in ids},
        _read_reports(reports),
    )
    tidy(snapshot.store, began_at(record.run))
    return "; ".join(complaints)


def _read_reports(folder: Path) -> dict[str, bytes]:
    found = {}
    for name in REPORTS:
        with contextlib.suppress(OSError):
            found[name] = (folder / name).read_bytes()
    return found


def _take_back(lookup: Lookup, arguments: Sequence[str]) -> None:
    """Also where nothing was looked up, and where nothing may be kept."""
    elements = lookup.elements
    if isinstance(elements, Unknown):
        forget_snapshot()
        elements = take_key(current_snapshot(), lookup.subject, arguments)
    if isinstance(elements, Elements):
        current_snapshot().store.forget(lookup.subject.session, elements.key)


def _entry(snapshot: Snapshot, subject: Subject, elements: Elements, record: Record) -> Entry:
    return Entry(
        session=subject.session,
        key=elements.key,
        elements=elements.values,
        record=render_json(record),
        earned_at=record.started_at,
        where=_where(snapshot),
        installed=record.decided.packages,
    )


def _where(snapshot: Snapshot) -> str:
    """The run of a CI service by its address, else this machine by its name."""
    from cicd.github.context import read_context

    context = read_context(snapshot.environ)
    return context.run_url if context else socket.gethostname() or os.name
