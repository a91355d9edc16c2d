"""What people know of a branch, kept in a file between runs."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING
from urllib.parse import quote

from cicd.model import Verdict
from cicd.notify.turning import Known, Place
from cicd.system.state import read_object, write_text

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = 1


def read_known(state: Path, branch: str) -> Known | None:
    """None where nothing was kept, or nothing that can be read."""
    values = read_object(_path(state, branch))
    try:
        if values["schema"] != SCHEMA:
            return None
        verdict, seen = values["verdict"], values["seen"]
        return Known(Verdict(verdict) if verdict else None, Place(**seen) if seen else None)
    except (LookupError, TypeError, ValueError):
        return None


def write_known(state: Path, branch: str, known: Known) -> None:
    """Keeps it as `.cicd/notify/<branch>.json`."""
    text = json.dumps({"schema": SCHEMA, **asdict(known)}, indent=2) + "\n"
    write_text(_path(state, branch), text)


def _path(state: Path, branch: str) -> Path:
    return state / "notify" / f"{quote(branch, safe='')}.json"
