"""The processes of a run, written down so that a later run can end those of a killed one."""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

from cicd.system.owner import UNKNOWN, Owner, owner_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def noted(ledger: Path, pid: int) -> Iterator[None]:
    """Keeps the leader of a process group in the ledger while the block runs."""
    ledger.mkdir(parents=True, exist_ok=True)
    note = ledger / str(pid)
    note.write_text(str(owner_of(pid)))
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def sweep(ledger: Path) -> tuple[int, ...]:
    """Ends the process groups that are still written down; for the ledger of a dead run only."""
    ended = []
    for note in ledger.glob("*") if ledger.is_dir() else ():
        with contextlib.suppress(OSError):
            leader = Owner.parse(note.read_text())
            if leader is not None and _end_group(leader):
                ended.append(leader.pid)
            note.unlink(missing_ok=True)
    return tuple(ended)


def _end_group(leader: Owner) -> bool:
    """A group outlives its leader; while a member lives, the system does not reuse its number."""
    if os.name != "posix" or not _is_ours(leader):
        return False
    try:
        os.killpg(leader.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _is_ours(leader: Owner) -> bool:
    """Same machine since the same boot, and no other process has the leader's number by now.

    Where processes cannot be told apart by their start, nothing is certain: nothing is ended.
    """
    if leader.started == UNKNOWN:
        return False
    now = owner_of(leader.pid)
    return now.started in ("", leader.started) and now == replace(leader, started=now.started)
