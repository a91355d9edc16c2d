"""The runs of this repository: a folder for each, swept when their process is gone."""

from __future__ import annotations

import contextlib
import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.system import ledger
from cicd.system.owner import Owner, owner_of
from cicd.system.run_name import process_of
from cicd.system.state import read_object, write_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

WHOLE = "whole"
"""The mark in the folder of a run that judged all of the repository."""
_KEPT = 10
_CHEAP = ("github_workflow",)
"""Sessions whose records tell nothing of the code."""
_DURATION = "duration"
_CORES = "cores"


@dataclass(frozen=True, slots=True)
class Run:
    """One call of nox, with all its child processes."""

    id: str
    folder: Path

    @property
    def records(self) -> Path:
        return self.folder / "records"

    @property
    def processes(self) -> Path:
        return self.folder / "processes"

    @property
    def reused(self) -> Path:
        """Records of sessions that need not run, until `leave_reused`."""
        return self.folder / "reused"

    def reports(self, session: str) -> Path:
        return self.folder / "reports" / session


def open_run(state: Path, name: str) -> Run:
    """The run of this name. Its folder is made by the first who asks.

    Its owner is the process that named it: under `-j` not the one that asks.
    """
    run = Run(name, state / "runs" / name)
    owner = run.folder / "owner"
    if not owner.exists():
        write_text(owner, str(owner_of(process_of(name))))
    return run


def leave_reused(run: Run) -> None:
    """Puts the records of sessions that need not run among those of the run. A session that ran
    all the same has one already. May be called more than once, by several processes."""
    for path in run.reused.glob("*.json"):
        run.records.mkdir(exist_ok=True)
        if not (run.records / path.name).exists():
            with contextlib.suppress(FileNotFoundError):
                path.replace(run.records / path.name)


def keep_cores(run: Run, cores: Mapping[str, int]) -> None:
    """How many each session may keep busy, where several run at the same time."""
    write_text(run.folder / _CORES, json.dumps(dict(cores)))


def read_cores(run: Run, session: str) -> int | None:
    """None where one session runs after the other, and may have them all."""
    found = read_object(run.folder / _CORES).get(session)
    return found if isinstance(found, int) else None


def keep_duration(run: Run, duration_s: float) -> None:
    """How long the whole call took: its records know less."""
    write_text(run.folder / _DURATION, str(duration_s))


def read_duration(run: Run) -> float | None:
    """None for a run that did not come to its end."""
    try:
        return float((run.folder / _DURATION).read_text())
    except (OSError, ValueError):
        return None


def sweep_runs(state: Path, current: Run) -> None:
    """Ends what killed runs left running, and removes all but the last few dead ones that judged
    something. The last one of the whole repository stays."""
    others = sorted((state / "runs").iterdir(), reverse=True)
    dead = [folder for folder in others if folder != current.folder and _is_dead(folder)]
    for folder in dead:
        ledger.sweep(folder / "processes")
    judged = [folder for folder in dead if _judged(folder)]
    whole = [folder for folder in dead if (folder / WHOLE).exists()]
    kept = {*judged[:_KEPT], *whole[:1]}
    for folder in dead:
        if folder not in kept:
            shutil.rmtree(folder, ignore_errors=True)


def _judged(folder: Path) -> bool:
    return any(path.stem not in _CHEAP for path in (folder / "records").glob("*.json"))


def _is_dead(folder: Path) -> bool:
    try:
        owner = Owner.parse((folder / "owner").read_text())
    except OSError:
        return False
    return owner is not None and owner.is_dead()
