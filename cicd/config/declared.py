"""Which variables a noxfile calls secrets: whoever reads the environment hides them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

_SOURCES = ("url", "password", "key", "token", "secrets")
"""The fields that name where a secret is."""
_ENV = "env:"
_declared: frozenset[str] = frozenset()


def declare(parts: Iterable[Any]) -> None:
    """Remembers the variables that these parts name as `env:NAME`, for the rest of the process:
    each session masks them, also those that do not use them, and so does the end of the run."""
    global _declared
    _declared = frozenset(name for part in parts for name in _named_by(part))


def declared() -> frozenset[str]:
    return _declared


def _named_by(part: Any) -> Iterator[str]:
    for each in fields(part):
        value = getattr(part, each.name) if each.name in _SOURCES else ""
        sources = value.values() if isinstance(value, Mapping) else (value,)
        for source in sources:
            if isinstance(source, str) and source.startswith(_ENV):
                yield source.removeprefix(_ENV).strip()
