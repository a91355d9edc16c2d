"""What lies in `node_modules`, and whether it is what the lock says."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.frontend.package import KINDS, read_manifest, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CONFIG_FILES = (
    ".npmrc",
    ".yarnrc",
    ".yarnrc.yml",
    "pnpm-workspace.yaml",
    ".pnpmfile.cjs",
    "bunfig.toml",
)
_MARKERS = (
    "node_modules/.package-lock.json",
    "node_modules/.modules.yaml",
    "node_modules/.yarn-integrity",
    "node_modules/.yarn-state.yml",
    ".pnp.cjs",
    "node_modules",
)
"""What each package manager writes last: it changes when somebody installs."""
_SKIPPED = {"node_modules", "dist", "build", "out", "coverage", "__pycache__", "venv"}


def find_packages(root: Path) -> tuple[Path, ...]:
    """The folders with a `package.json` below the lock: a workspace's packages."""
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(one for one in folders if one not in _SKIPPED and one[0] != ".")
        if "package.json" in files:
            found.append(Path(folder))
    return tuple(found)


def describe_tree(root: Path, packages: Iterable[Path]) -> str:
    """A text that changes when something is installed or removed behind our back."""
    marker = next((root / name for name in _MARKERS if (root / name).exists()), None)
    lines = [f"{marker.relative_to(root)} {marker.stat().st_mtime_ns}"] if marker else []
    lines += [f"{one.relative_to(root)} {(one / 'node_modules').is_dir()}" for one in packages]
    return "\n".join(lines)


def npm_tree_is_whole(root: Path, lock: Path) -> bool:
    """Whether npm's `node_modules` holds exactly what the lock says, and the lock what the
    manifests say.

    npm writes the hidden lock at the end of an installation. Optional packages may be
    missing from it: they are for other platforms.
    """
    hidden = root / "node_modules" / ".package-lock.json"
    if not hidden.is_file():
        return False
    wanted, present = _read_packages(lock), _read_packages(hidden)
    return (
        bool(wanted)
        and _manifests_agree(root, wanted)
        and _same_packages(wanted, present)
        and all((root / place).is_dir() for place in present)
    )


def _read_packages(lock: Path) -> Mapping[str, Mapping[str, object]]:
    try:
        packages = json.loads(lock.read_text(encoding="utf-8")).get("packages")
    except (OSError, ValueError, AttributeError):
        return {}
    return packages if isinstance(packages, dict) else {}


def _manifests_agree(root: Path, wanted: Mapping[str, Mapping[str, object]]) -> bool:
    own = [place for place in wanted if "node_modules" not in Path(place).parts]
    return all(
        texts(wanted[place].get(kind)) == texts(read_manifest(root / place).get(kind))
        for place in own
        for kind in KINDS
    )


def _same_packages(
    wanted: Mapping[str, Mapping[str, object]], present: Mapping[str, Mapping[str, object]]
) -> bool:
    if not set(present) <= set(wanted):
        return False
    return all(
        (
            _identity(package) == _identity(present[place])
            if place in present
            else place == "" or bool(package.get("optional") or package.get("devOptional"))
        )
        for place, package in wanted.items()
    )


def _identity(package: Mapping[str, object]) -> tuple[object, ...]:
    return tuple(package.get(name) for name in ("version", "resolved", "integrity", "link"))
