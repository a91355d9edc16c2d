"""What may be done with kept verdicts in this run, and where others find them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cicd.errors import SettingsError

VARIABLE = "CICD_CACHE"
SHARED_VARIABLE = "CICD_CACHE_SHARED"
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


def read_shared(environ: Mapping[str, str]) -> Path | None:
    """`CICD_CACHE_SHARED`: the folder of a team, which may not be there at the moment.

    Raises `SettingsError` for a relative path: it would be another folder for every checkout.
    """
    said = environ.get(SHARED_VARIABLE, "")
    if said and not Path(said).is_absolute():
        raise SettingsError(
            f"{SHARED_VARIABLE}={said!r} is relative", fix="give the whole path of a folder"
        )
    return Path(said) if said else None
