"""A part that was called with the wrong arguments."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from cicd.config.complaint import complaint
from cicd.config.validate import unknown_field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.errors import SettingsError


def explain_call(
    part: type[Any], arguments: tuple[object, ...], given: Mapping[str, object]
) -> SettingsError:
    """The error for a call that Python refuses: it names the field, and the one that was meant."""
    known = [field.name for field in fields(part)]
    path = str(arguments[0] if arguments else given.get("path", ""))
    for name in given:
        if name not in known:
            return unknown_field(part.__name__, path, name, known)
    if not path:
        example = f'write cicd.{part.__name__}("backend"), or "." for the repository itself'
        return complaint(f"cicd.{part.__name__}()", "its folder is missing", example)
    call = f'cicd.{part.__name__}("{path}", …)'
    return complaint(call, "only its folder goes without a name", 'write name="…" and the like')
