"""The exact versions of interpreter, Node and tools that a session would run with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.cache.elements import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.config.parts import Part
    from cicd.steps.snapshot import Snapshot
    from cicd.steps.subject import Subject


def tool_elements(snapshot: Snapshot, subject: Subject, part: Part) -> Mapping[str, str] | Unknown:
    """Without running a tool where an earlier run has, and nothing has changed since."""
    return Unknown("the versions of its tools are not known")
