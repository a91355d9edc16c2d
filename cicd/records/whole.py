"""Which runs judged the whole repository, and not just some of its sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.records.runs import WHOLE, Run
from cicd.system.owner import Owner, owner_of
from cicd.system.state import write_text

if TYPE_CHECKING:
    from pathlib import Path


def mark_whole(run: Run) -> None:
    """Called when such a run begins, so that one that is killed counts."""
    write_text(run.folder / WHOLE, "")


def is_whole(run: Run) -> bool:
    return (run.folder / WHOLE).exists()


def last_whole_run(state: Path) -> Run | None:
    """The newest of them that does not go on; None when there is none."""
    folders = sorted((state / "runs").glob("*"), reverse=True)
    runs = (Run(folder.name, folder) for folder in folders)
    return next((run for run in runs if is_whole(run) and not _goes_on(run)), None)


def _goes_on(run: Run) -> bool:
    try:
        owner = Owner.parse((run.folder / "owner").read_text())
    except OSError:
        return False
    return owner is not None and bool(owner.started) and owner == owner_of(owner.pid)
