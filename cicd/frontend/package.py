"""What a `package.json` says, and the programs that its dependencies brought."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cicd.config.parts import Discover
from cicd.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package of the repository.

    `dependencies` are those of all kinds, also of the workspace's root. `programs` are the
    files of `node_modules/.bin` by name, `bin_folders` where they lie, the nearest first.
    """

    folder: Path
    scripts: Mapping[str, str]
    dependencies: Mapping[str, str]
    programs: Mapping[str, Path]
    bin_folders: tuple[Path, ...]


def read_package(folder: Path, lock_root: Path) -> Package:
    """Reads the package as it is now; `programs` is empty before its installation."""
    manifest, above = read_manifest(folder), read_manifest(lock_root)
    folders = tuple(dict.fromkeys(one / "node_modules" / ".bin" for one in (folder, lock_root)))
    programs = {}
    for bin_folder in reversed(folders):
        programs.update(_programs(bin_folder))
    return Package(
        folder=folder,
        scripts=texts(manifest.get("scripts")),
        dependencies={**declared(above), **declared(manifest)},
        programs=programs,
        bin_folders=folders,
    )


def read_manifest(folder: Path) -> Mapping[str, object]:
    """The `package.json` of a folder; empty when there is none."""
    path = folder / "package.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise SettingsError(f"{path} is no JSON: {error}") from error
    return manifest if isinstance(manifest, dict) else {}


def declared(manifest: Mapping[str, object]) -> dict[str, str]:
    """Every dependency with its range, of whatever kind but a peer's."""
    return {name: value for kind in KINDS[:3] for name, value in texts(manifest.get(kind)).items()}


def texts(value: object) -> dict[str, str]:
    """A mapping of text to text, without whatever else a hand-written file may hold."""
    if not isinstance(value, dict):
        return {}
    return {str(name): text for name, text in value.items() if isinstance(text, str)}


def known(value: _T | Discover) -> _T:
    """A field of a part that discovery has completed."""
    assert not isinstance(value, Discover), "discovery completes a part before it is used"
    return value


def _programs(bin_folder: Path) -> dict[str, Path]:
    if not bin_folder.is_dir():
        return {}
    suffix = ".cmd" if os.name == "nt" else ""
    return {
        path.name.removesuffix(suffix): path
        for path in sorted(bin_folder.iterdir())
        if path.suffix == ".cmd" or not suffix
    }
