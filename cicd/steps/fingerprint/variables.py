"""The environment variables that decide a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.cache.elements import digest

if TYPE_CHECKING:
    from collections.abc import Mapping


def variable_elements(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Each by its name, with a digest of its value."""
    return {f"variable {name}": digest(value, 8) for name, value in environ.items()}
