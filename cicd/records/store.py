"""The records of a run: one file for each session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.errors import CicdError
from cicd.records.record import Record, mask_texts, parse_json, render_json
from cicd.system.state import write_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def write_record(folder: Path, record: Record, mask: Callable[[str], str] | None = None) -> None:
    """Writes `<session>.json`, aside and then into place. `mask` hides secrets in its texts."""
    shown = mask_texts(record, mask) if mask else record
    write_text(folder / f"{record.session}.json", render_json(shown))


def read_records(folder: Path) -> tuple[Record, ...]:
    """The records of a run in the order in which their sessions started.

    A file that cannot be read is left out: its session then counts as not finished.
    """
    found = []
    for path in folder.glob("*.json"):
        try:
            found.append(parse_json(path.read_text(encoding="utf-8")))
        except (CicdError, OSError):
            continue
    return tuple(sorted(found, key=lambda record: record.started_at))
