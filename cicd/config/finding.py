"""A value that discovery found, with the place it comes from."""

from __future__ import annotations

from typing import Any

DEFAULT = "default"


class Finding:
    """`origin` is "file:line", a file, or "default"; `notes` are remarks for `doctor`."""

    __slots__ = ("value", "origin", "notes")

    def __init__(self, value: Any, origin: str = DEFAULT, *notes: str) -> None:
        self.value = value
        self.origin = origin
        self.notes = notes
