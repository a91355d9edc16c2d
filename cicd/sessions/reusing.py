"""Before a session runs: may an earlier verdict stand for it?"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.errors import CicdError
from cicd.records.runs import open_run, sweep_runs
from cicd.records.store import write_record
from cicd.sessions.registry import is_known
from cicd.sessions.standing import look_at
from cicd.steps.restoring import restore_reports
from cicd.steps.reuse import Lookup, reused_record
from cicd.steps.snapshot import forget_snapshot
from cicd.system.git import read_commit
from cicd.system.run_name import RUN_VARIABLE, name_run
from cicd.system.state import state_folder
from cicd.system.strict import is_strict

if TYPE_CHECKING:
    from collections.abc import Callable

    import nox

    from cicd.records.record import Record
    from cicd.records.runs import Run
    from cicd.steps.subject import Subject


def look(session: nox.Session, subject: Subject) -> Lookup | None:
    """What is known of this session before it runs; None where nothing is to be kept of it."""
    _notice_others(session)
    try:
        return look_at(session.name, subject, session.posargs, _is_to_run(session))
    except CicdError as error:
        session.error(str(error))


def stand_in(session: nox.Session, lookup: Lookup) -> bool:
    """Whether the verdict of an earlier run stands for this one: then its record is left."""
    if lookup.entry is None:
        return False
    try:
        run = this_run()
        record = record_of(lookup, run.id)
        if record is None:
            return False
        write_record(run.records, record)
        restore_reports(lookup, run, run.folder.parent.parent)
    except OSError:  # the session itself will say it
        return False
    session.log(f"reused: {record.outcome.headline or 'green'}")
    return True


def record_of(lookup: Lookup, run: str) -> Record | None:
    """The record of a verdict that is reused; None where it does not hold one."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return reused_record(lookup.entry, run, now, _commit(run)) if lookup.entry else None


@cache
def _commit(run: str) -> str:
    """Where `CI` is set, jobs are joined by it; elsewhere it says less than asking git costs."""
    return read_commit(Path.cwd()) if is_strict(os.environ) else ""


_runs: dict[str, Run] = {}


def this_run() -> Run:
    """The run of this process; what earlier ones left is swept when it is first asked for."""
    name_run(os.environ)
    name = os.environ[RUN_VARIABLE]
    if name not in _runs:
        state = state_folder(Path.cwd())
        _runs[name] = open_run(state, name)
        sweep_runs(state, _runs[name])
    return _runs[name]


def _is_to_run(session: nox.Session) -> Callable[[str], bool]:
    """Whether nox will come to a session after this one. A child process of nox does not know
    what the others run: there it may be any."""
    if session.parallel:
        return lambda name: True
    queued = {
        one.name for one, is_queued in session._runner.manifest.list_all_sessions() if is_queued
    }
    return lambda name: name in queued


_others: list[str] = []


def _notice_others(session: nox.Session) -> None:
    """A session that is not ours has run since: it may have changed files."""
    ran = [one.name for one in session._runner.manifest._consumed if not is_known(one.name)]
    if ran != _others:
        _others[:] = ran
        forget_snapshot()
