"""The variables and files by which version managers answer for a folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_NAMES = frozenset(
    "PATH PATHEXT HOME USERPROFILE APPDATA LOCALAPPDATA XDG_DATA_HOME XDG_CONFIG_HOME"
    " XDG_CACHE_HOME CICD_CACHE_DIR N_PREFIX".split()
)
_BEGINNINGS = tuple(
    "UV_ PYENV_ NVM_ FNM_ VOLTA_ ASDF_ MISE_ RTX_ NODENV_ COREPACK_ PROTO_ GOENV_ CONDA_".split()
)
_OF_FOLDERS = (
    ".python-version .node-version .nvmrc .tool-versions mise.toml .mise.toml mise.local.toml"
    " .mise.local.toml .mise/config.toml mise/config.toml .config/mise.toml"
    " .config/mise/config.toml .prototools"
).split()
_OF_HOMES = (
    ("PYENV_ROOT", ".pyenv", ("version",)),
    ("NODENV_ROOT", ".nodenv", ("version",)),
    ("VOLTA_HOME", ".volta", ("tools/user/platform.json",)),
    ("PROTO_HOME", ".proto", (".prototools",)),
    ("COREPACK_HOME", ".cache/node/corepack", ("lastKnownGood.json",)),
    ("MISE_CONFIG_DIR", ".config/mise", ("config.toml", "config.local.toml")),
)


def relevant(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that decide which program answers to a name."""
    return {
        name: value
        for name, value in environ.items()
        if name in _NAMES or name.startswith(_BEGINNINGS)
    }


def version_files(folder: Path, environ: Mapping[str, str]) -> Iterator[str]:
    """The files in which a version manager's shim reads, in this folder, which version it is:
    there and in each folder above, and where the user's own choice is kept."""
    for above in (folder, *folder.parents):
        yield from (os.path.join(above, name) for name in _OF_FOLDERS)
    home = environ.get("HOME") or environ.get("USERPROFILE") or ""
    for variable, usual, names in _OF_HOMES:
        base = environ.get(variable) or os.path.join(home, usual)
        yield from (os.path.join(base, name) for name in names)
    yield from (os.path.join(home, name) for name in (".tool-versions", ".nvmrc"))
