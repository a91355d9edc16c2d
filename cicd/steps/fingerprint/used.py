"""The environments that sessions of this process have used, and whether they are still the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.system.python_packages import STAMP

if TYPE_CHECKING:
    from pathlib import Path

_used: dict[Path, str] = {}


def note_use(environment: Path) -> None:
    """A verdict that is kept after this must know what was in it."""
    _used[environment] = _stamp(environment)


def is_lost(environment: Path) -> bool:
    """Whether it was used, and is gone or was made anew since: what was in it nobody knows."""
    return environment in _used and _used[environment] != _stamp(environment)


def _stamp(environment: Path) -> str:
    try:
        return (environment / STAMP).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""
