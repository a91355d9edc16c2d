"""The options of a session, as elements of its key."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.config.parts import Part
    from cicd.steps.subject import Subject


def option_elements(subject: Subject, part: Part) -> Mapping[str, str]:
    """Every field of the part, given or found, and what the session is told besides."""
    options = {f"option {one.name}": repr(getattr(part, one.name)) for one in fields(part)}
    return {**options, "option python": subject.python, "option avoid": repr(subject.avoid)}
