"""What an installation put into `node_modules`, written down to see what is changed by hand."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

from cicd.system.signature import signature
from cicd.system.state import read_object, write_text

_WRITTEN_DOWN = {
    "npm": "node_modules/.package-lock.json",
    "pnpm": "node_modules/.pnpm/lock.yaml",
    "yarn": "node_modules/.yarn-integrity",
}
"""Where a package manager keeps the version of everything that it installed."""


def made_path(state: Path, lock_root: str) -> Path:
    """`lock_root` is the folder with the lock, relative to the repository."""
    return state / "frontend" / f"{quote(lock_root, safe='')}.packages"


def write_made(path: Path, root: Path, names: Mapping[str, Iterable[str]]) -> None:
    """`names` are the direct dependencies of each package below `root`, by its folder."""
    found = {folder: _describe(root, folder, wanted) for folder, wanted in names.items()}
    write_text(path, json.dumps(found))


def read_changes(path: Path, root: Path, folder: str) -> dict[str, tuple[str, str]]:
    """The dependencies of a package whose version is not the one that was installed, with the
    one and the other; none where nothing was, and where `node_modules` is gone."""
    made = read_object(path).get(folder)
    if not isinstance(made, dict) or not os.path.isdir(root / "node_modules"):
        return {}
    found = {}
    for name, held in made.items():
        place, version, signed = held if isinstance(held, list) and len(held) == 3 else ("",) * 3
        if signature(f"{root}/{place}") != signed:
            now = _version(root / place)
            if now != version:
                found[name] = (version, now or "none")
    return found


def read_everything(root: Path, manager: str) -> str:
    """A name for all that is installed, as the package manager wrote it down; "" where it does
    not, and before it has."""
    name = _WRITTEN_DOWN.get(manager)
    try:
        return hashlib.sha256((root / name).read_bytes()).hexdigest()[:16] if name else ""
    except OSError:
        return ""


def _describe(root: Path, folder: str, names: Iterable[str]) -> dict[str, list[str]]:
    found = {}
    for name in names:
        for above in dict.fromkeys((folder, ".")):
            place = os.path.normpath(f"{above}/node_modules/{name}/package.json")
            if signed := signature(f"{root}/{place}"):
                found[name] = [place, _version(root / place), signed]
                break
    return found


def _version(path: Path) -> str:
    version = read_object(path).get("version")
    return version if isinstance(version, str) else ""
