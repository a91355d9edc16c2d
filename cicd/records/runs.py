"""The runs of this repository: a folder for each, swept when their process is gone."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.system import ledger
from cicd.system.owner import Owner, owner_of
from cicd.system.run_name import process_of
from cicd.system.state import write_text

if TYPE_CHECKING:
    from pathlib import Path

_KEPT = 10


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


def sweep_runs(state: Path, current: Run) -> None:
    """Ends what killed runs left running, and removes all but the last few dead ones."""
    others = sorted((state / "runs").iterdir(), reverse=True)
    dead = [folder for folder in others if folder != current.folder and _is_dead(folder)]
    for folder in dead:
        ledger.sweep(folder / "processes")
    for folder in dead[_KEPT:]:
        shutil.rmtree(folder, ignore_errors=True)


def _is_dead(folder: Path) -> bool:
    try:
        owner = Owner.parse((folder / "owner").read_text())
    except OSError:
        return False
    return owner is not None and owner.is_dead()
