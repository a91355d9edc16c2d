"""Whether an environment still holds what it held when a verdict was earned."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cicd.cache.entry import Entry
    from cicd.steps.snapshot import Snapshot
    from cicd.steps.subject import Subject


def still_installed(snapshot: Snapshot, subject: Subject, entry: Entry) -> str:
    """What is installed otherwise than it was; "" when nothing is, or nothing is installed."""
    return ""
