"""A value that discovery found, with the place it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

DEFAULT = "default"


class Finding:
    """`origin` is "file:line", a file, or "default"; `notes` are remarks for `doctor`.

    `look` finds more of them, when somebody asks: a listing needs the value alone.
    """

    __slots__ = ("value", "origin", "_notes", "_look")

    def __init__(
        self,
        value: Any,
        origin: str = DEFAULT,
        *notes: str,
        look: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self.value = value
        self.origin = origin
        self._notes, self._look = notes, look

    @property
    def notes(self) -> tuple[str, ...]:
        return (*self._notes, *self._look())
