"""Tests that are flaky or in quarantine, in a line each: a green run has to say so too."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cicd.model import Unsteady
    from cicd.records.record import Record

SHOWN = 10
_KINDS = {"flaky": "flaky", "quarantined": "quarantined", "overdue": "quarantine is over"}


def render_unsteady(one: Unsteady, today: date) -> tuple[str, str, str]:
    """What it is, which test, and what is known: the days that are left, how often it failed."""
    return _KINDS.get(one.kind, one.kind), one.test, "; ".join(filter(None, _said(one, today)))


def _said(one: Unsteady, today: date) -> tuple[str, ...]:
    if not one.until:
        return one.result, one.history
    try:
        left = (date.fromisoformat(one.until) - today).days
    except ValueError:
        return one.result, one.history
    if one.kind == "overdue" or left <= 0:
        return one.result, f"decides again since {one.until}", one.history
    days = "1 day" if left == 1 else f"{left} days"
    return one.result, f"does not decide until {one.until}, {days} left", one.history


def worst_first(record: Record) -> tuple[Unsteady, ...]:
    """Those that failed before those that passed."""
    return tuple(sorted(record.outcome.unsteady, key=lambda one: one.result == "passed"))
