"""Where a verdict that is reused comes from, in words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cicd.records.record import Record


def earned(record: Record) -> str:
    """ "from 09:41 today", in the time of this place; "" for a session that ran."""
    if record.reused is None:
        return ""
    try:
        then = datetime.fromisoformat(record.reused.earned_at).astimezone()
        now = datetime.fromisoformat(record.started_at).astimezone()
    except (ValueError, OverflowError, OSError):
        return "from an earlier run"
    days = (now.date() - then.date()).days
    day = {0: "today", 1: "yesterday"}.get(days, f"on {then.date()}")
    return f"from {then:%H:%M} {day}"


def link(record: Record) -> str:
    """The address of the run that earned it, where it has one."""
    where = record.reused.where if record.reused else ""
    return where if where.startswith("https://") and not set(where) & set(" <>()[]|\\`") else ""
