"""Whether what cannot be verified is an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def is_strict(environ: Mapping[str, str]) -> bool:
    """Whether `CI` is set, as every CI service does; empty, 0 and false count as not set."""
    return environ.get("CI", "").lower() not in ("", "0", "false")
