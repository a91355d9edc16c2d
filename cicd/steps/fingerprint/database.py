"""The exact version of the database that a session would open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.cache.elements import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.config.parts import Part
    from cicd.steps.snapshot import Snapshot
    from cicd.steps.subject import Subject


def database_elements(
    snapshot: Snapshot, subject: Subject, part: Part
) -> Mapping[str, str] | Unknown:
    """Without opening one. Nothing for a session that opens none."""
    return {}
