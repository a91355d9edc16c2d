"""The time zone of this machine, by its rules: several zones share one abbreviation."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_LOCAL = "/etc/localtime"
_ZONES = "/usr/share/zoneinfo"
_LENGTH = 16


def read_zone() -> str:
    """Equal for the same rules, be they a link to a zone or a copy of it."""
    names = " ".join(time.tzname)
    return f"{names} {time.timezone} {time.altzone} {read_rules(os.environ)}"


def read_rules(environ: Mapping[str, str], local: str = _LOCAL) -> str:
    """A digest of the file that holds them; "" where there is none, as on Windows, and for a TZ
    that says them itself, which counts as a variable.

    https://man7.org/linux/man-pages/man3/tzset.3.html
    """
    given = environ.get("TZ")
    path = local if given is None else os.path.join(_zones(environ), given.removeprefix(":"))
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:_LENGTH]
    except (OSError, ValueError):
        return ""


def _zones(environ: Mapping[str, str]) -> str:
    return environ.get("TZDIR") or _ZONES
