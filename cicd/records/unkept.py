"""Why green verdicts of a run are not kept for later ones: what its last lines say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.records.runs import Run
from cicd.system.state import write_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_FOLDER = "unkept"


def note_unkept(run: Run, session: str, why: str) -> None:
    write_text(run.folder / _FOLDER / session, why)


def read_unkept(run: Run) -> Mapping[str, str]:
    """By session. Raises nothing: what cannot be read is not told."""
    try:
        paths = sorted((run.folder / _FOLDER).iterdir())
        return {path.name: path.read_text(encoding="utf-8") for path in paths}
    except (OSError, ValueError):
        return {}


def last_unkept(state: Path, session: str) -> str:
    """Of the last run in which the session ran; "" where that one was kept, or red."""
    for folder in sorted((state / "runs").glob("*/"), reverse=True):
        if (folder / "records" / f"{session}.json").exists():
            return read_unkept(Run(folder.name, folder)).get(session, "")
    return ""
