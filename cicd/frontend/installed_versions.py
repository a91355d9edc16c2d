"""The versions that an installation gave a package's own dependencies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.errors import SettingsError
from cicd.frontend.package import declared, read_manifest

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.frontend.toolchain import Toolchain


def read_versions(toolchain: Toolchain) -> dict[str, str]:
    """Those of the direct dependencies, the workspace's root's too; what they bring themselves
    is the lock's. Without a `node_modules` there is nothing to read."""
    folders = tuple(dict.fromkeys((toolchain.folder, toolchain.lock_root)))
    names = sorted({name for folder in folders for name in declared(read_manifest(folder))})
    found: dict[str, str] = {}
    for name in names:
        for folder in folders:
            if version := _version(folder / "node_modules" / name):
                found.setdefault(name, version)
    return found


def _version(folder: Path) -> str:
    try:
        version = read_manifest(folder).get("version")
    except (SettingsError, OSError):
        return ""
    return version if isinstance(version, str) else ""
