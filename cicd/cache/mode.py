"""What may be done with kept verdicts in this run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cicd.errors import SettingsError

VARIABLE = "CICD_CACHE"
_MODES = {"off": (False, False), "read": (True, False), "write": (True, True)}


@dataclass(frozen=True, slots=True)
class Mode:
    reads: bool
    writes: bool


def read_mode(environ: Mapping[str, str]) -> Mode:
    """`CICD_CACHE`: "write" (the default) reuses and keeps, "read" reuses, "off" does neither.

    Raises `SettingsError` for anything else.
    """
    said = environ.get(VARIABLE, "") or "write"
    if said not in _MODES:
        raise SettingsError(f"{VARIABLE}={said!r} is not known", fix=f"one of: {', '.join(_MODES)}")
    return Mode(*_MODES[said])
