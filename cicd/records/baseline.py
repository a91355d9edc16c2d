"""The numbers of the default branch, which those of other runs are held against."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cicd.model import Verdict
from cicd.records.shares import is_partial
from cicd.system.state import read_object, write_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from cicd.records.record import Record

SCHEMA = 1
_COMPARED = ("tests", "coverage_percent", "size_bytes", "build_bytes")


def read_baseline(state: Path) -> dict[str, dict[str, float]]:
    """By session and number; empty where no run of the default branch is known."""
    values = read_object(_path(state))
    sessions = values.get("sessions")
    if values.get("schema") != SCHEMA or not isinstance(sessions, dict):
        return {}
    return {name: _numbers(found) for name, found in sessions.items() if isinstance(found, dict)}


def keep_baseline(state: Path, records: Iterable[Record]) -> None:
    """Keeps the numbers of the sessions that passed, whole; those of others stay as they were.

    To be called for runs of the default branch alone.
    """
    if new := _new(records):
        values = {"schema": SCHEMA, "sessions": {**read_baseline(state), **new}}
        write_text(_path(state), json.dumps(values, indent=2) + "\n")


def is_kept(state: Path, records: Iterable[Record]) -> bool:
    """Whether the numbers of these are what is kept already."""
    return _new(records).items() <= read_baseline(state).items()


def _new(records: Iterable[Record]) -> dict[str, dict[str, float]]:
    found = {one.session: _numbers(one.outcome.metrics) for one in records if _counts(one)}
    return {session: numbers for session, numbers in found.items() if numbers}


def _counts(record: Record) -> bool:
    """A part of the tests covers a part of the code."""
    partial = is_partial(record) or record.outcome.facts.get("arguments")
    return record.verdict is Verdict.PASSED and not partial


def _numbers(found: Mapping[str, object]) -> dict[str, float]:
    given = ((name, found.get(name)) for name in _COMPARED)
    return {name: value for name, value in given if isinstance(value, int | float)}


def _path(state: Path) -> Path:
    return state / "baseline.json"
