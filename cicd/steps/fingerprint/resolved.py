"""A part with every field found, without looking for what an earlier run has found."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from cicd.steps.fingerprint.remembered import remembered

if TYPE_CHECKING:
    from cicd.config.parts import Part
    from cicd.steps.snapshot import Snapshot


def resolve_part(snapshot: Snapshot, part: Part) -> Part:
    """Once for all sessions of the part; looking for it takes 20 ms.

    Raises `SettingsError` for a file that cannot be read as what it is.
    """

    def make() -> tuple[Part, Part]:
        found = remembered(snapshot, "part", repr(part), lambda: _find(snapshot, part))
        return part, replace(part, **found)

    # The part is held as long as its id is used.
    return snapshot.once(("resolved", id(part)), make)[1]


def _find(snapshot: Snapshot, part: Part) -> dict[str, Any]:
    """Of what somebody gave nothing is told: it may be nobody's business."""
    from cicd.config.resolve import resolve

    found = resolve(snapshot.tree, part).part
    values = {one.name: getattr(found, one.name) for one in fields(part)}
    return {name: each for name, each in values.items() if each != getattr(part, name)}
