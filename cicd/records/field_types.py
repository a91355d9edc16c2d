"""What was read from JSON has the types that its fields declare."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def check_types(kind: type[Any], values: Mapping[str, object]) -> None:
    """Raises `TypeError` for the first value of another type than its field of `kind`."""
    for one in fields(kind):
        if one.name in values and not _fits(values[one.name], str(one.type)):
            raise TypeError(f"`{one.name}` has another type than {one.type}")


def _fits(value: object, declared: str) -> bool:
    if declared == "Mapping[str, str]":
        return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
    if declared == "Mapping[str, float]":
        return isinstance(value, dict) and all(map(_is_number, value.values()))
    if declared == "tuple[str, ...]":
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if declared in ("int | None", "int", "float"):
        return _is_number(value) or (value is None and "None" in declared)
    return isinstance(value, str) if declared == "str" else True


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)
