"""How long each session takes, from its last runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cicd.model import Verdict
from cicd.system.state import read_object, write_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cicd.records.record import Record

SCHEMA = 1
_KEPT = 5


def read_durations(state: Path) -> dict[str, float]:
    """The median of its last runs by session, in seconds; only of those that have run here."""
    return {name: sorted(runs)[len(runs) // 2] for name, runs in _read(state).items()}


def keep_durations(state: Path, records: Iterable[Record]) -> None:
    """Adds those that ran and passed: who is red may have ended early. Raises `OSError`."""
    ran = [one for one in records if one.verdict is Verdict.PASSED and not one.reused]
    if not ran:
        return
    known = _read(state)
    for record in ran:
        known[record.session] = [*known.get(record.session, []), record.duration_s][-_KEPT:]
    write_text(_path(state), json.dumps({"schema": SCHEMA, "sessions": known}) + "\n")


def _read(state: Path) -> dict[str, list[float]]:
    values = read_object(_path(state))
    sessions = values.get("sessions")
    if values.get("schema") != SCHEMA or not isinstance(sessions, dict):
        return {}
    return {name: runs for name, found in sessions.items() if (runs := _numbers(found))}


def _numbers(found: object) -> list[float]:
    return [n for n in found if isinstance(n, int | float)] if isinstance(found, list) else []


def _path(state: Path) -> Path:
    return state / "durations.json"
