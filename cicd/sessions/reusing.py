"""Before a session runs: may an earlier verdict stand for it? After it: is its verdict kept?"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.errors import CicdError
from cicd.records.runs import open_run, sweep_runs
from cicd.records.store import write_record
from cicd.steps.reuse import Lookup, look_up, reused_record
from cicd.system.run_name import RUN_VARIABLE, name_run
from cicd.system.state import state_folder

if TYPE_CHECKING:
    import nox

    from cicd.records.record import Record
    from cicd.steps.subject import Subject


def reuse_verdict(session: nox.Session, subject: Subject) -> Lookup | None:
    """Leaves the record of an earlier run and returns None, or returns what was looked up, for
    the session that has to run."""
    try:
        lookup = look_up(subject, session.posargs)
    except CicdError as error:
        session.error(str(error))
    record = _stands(lookup) if lookup.entry else None
    if record is None or lookup.entry is None:
        return lookup
    try:
        leave(record)
    except OSError:  # the session itself will say it
        return lookup
    session.log(
        f"reused: {record.outcome.headline or 'green'}, from {lookup.entry.earned_at} ({lookup.entry.where})"
    )
    return None


def leave(record: Record) -> None:
    """Writes the record of a verdict that is reused into this run."""
    state = state_folder(Path.cwd())
    name_run(os.environ)
    run = open_run(state, os.environ[RUN_VARIABLE])
    sweep_once(state, run)
    write_record(run.records, record)


_swept: list[str] = []


def sweep_once(state, run) -> None:  # type: ignore[no-untyped-def]
    if run.id not in _swept:
        _swept.append(run.id)
        sweep_runs(state, run)


def _stands(lookup: Lookup) -> Record | None:
    assert lookup.entry
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return reused_record(lookup.entry, os.environ.get(RUN_VARIABLE, ""), now)
