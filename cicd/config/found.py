"""What discovery knows of one part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.config.parts import Part


@dataclass(frozen=True, slots=True)
class Found:
    """A part without an open field.

    `origins` says of each field "backend/pyproject.toml:5", "default" or "noxfile.py";
    `notes` are remarks for people ("uses poetry.lock").
    """

    part: Part
    origins: Mapping[str, str]
    notes: tuple[str, ...] = ()
