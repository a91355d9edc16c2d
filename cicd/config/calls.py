"""A part that was called with the wrong arguments."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from cicd.config.complaint import complaint
from cicd.config.validate import unknown_field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.errors import SettingsError

_FIRST = {"name": "its name", "host": "its host", "branch": "its branch", "url": "its address"}
_EXAMPLES = {
    "Backend": '"backend"), or "." for the repository itself',
    "Frontend": '"frontend"), or "." for the repository itself',
    "Image": '"api", context="backend")',
    "Registry": '"registry.example.com")',
    "Notify": '"env:SLACK_URL")',
}


def explain_call(
    part: type[Any], arguments: tuple[object, ...], given: Mapping[str, object]
) -> SettingsError:
    """The error for a call that Python refuses: it names the field, and the one that was meant."""
    known = [field.name for field in fields(part)]
    first, what = known[0], _FIRST.get(known[0], "its folder")
    said = str(arguments[0] if arguments else given.get(first, ""))
    if said and first == "url":
        said = "…"  # it may be an address that holds a secret
    for name in given:
        if name not in known:
            return unknown_field(part.__name__, said, name, known)
    if not said:
        example = f"write cicd.{part.__name__}({_EXAMPLES[part.__name__]}"
        return complaint(f"cicd.{part.__name__}()", f"{what} is missing", example)
    call = f'cicd.{part.__name__}("{said}", …)'
    return complaint(call, f"only {what} goes without a name", f"write {known[1]}=… and the like")
