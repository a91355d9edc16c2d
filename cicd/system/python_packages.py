"""What a Python environment of ours holds, read from its files alone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cicd.system.state import read_object, write_text

STAMP = "cicd-stamp"
"""The file in an environment that holds its key; written last, so it tells completeness."""
MADE = "cicd-packages.json"
_SUFFIX = ".dist-info"


@dataclass(frozen=True, slots=True)
class Made:
    """What an installation left: every package with its version, and which of them we added
    to what the project asks for."""

    packages: Mapping[str, str]
    added: Mapping[str, str] = field(default_factory=dict)


def read_packages(environment: Path) -> dict[str, str]:
    """The version of each package, without those that are installed from a folder: their
    version may hold a time, and their files are read from the checkout."""
    found = {}
    for folder in site_folders(environment):
        names = (name for name in os.listdir(folder) if name.endswith(_SUFFIX))
        for name in sorted(names):
            package, _, version = name.removesuffix(_SUFFIX).rpartition("-")
            source = _source(f"{folder}/{name}/direct_url.json")
            if source is not None:
                found[package.replace("_", "-").lower()] = f"{version}{source}"
    return found


def read_made(environment: Path) -> Made | None:
    """What was installed into a whole environment; None for one that is not there, or broken:
    the next session makes it anew."""
    if not (os.path.isfile(environment / STAMP) and interpreter_is_there(environment)):
        return None
    found = read_object(environment / MADE)
    packages, added = found.get("packages"), found.get("added")
    if not isinstance(packages, dict) or not isinstance(added, dict):
        return None
    return Made(packages, added)


def write_made(environment: Path, before: Mapping[str, str]) -> None:
    """`before` is what was there when we began to add."""
    after = read_packages(environment)
    added = {name: text for name, text in after.items() if before.get(name) != text}
    write_text(environment / MADE, json.dumps({"packages": after, "added": added}))


def interpreter_is_there(environment: Path) -> bool:
    """Whether the interpreter below is still where it was: a link that leads nowhere does not."""
    names = ("bin/python", "Scripts/python.exe")
    return any(os.path.exists(environment / name) for name in names)


def site_folders(environment: Path) -> Iterator[str]:
    """Where its packages lie: `lib/python3.13/site-packages`, on Windows `Lib/site-packages`."""
    for name in ("", *_listed(f"{environment}/lib")):
        folder = f"{environment}/{f'lib/{name}' if name else 'Lib'}/site-packages"
        if os.path.isdir(folder):
            yield folder


def _listed(folder: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if name.startswith(("py", "graal")))
    except OSError:
        return []


def _source(path: str) -> str | None:
    """What a version does not tell of a package that came from an address: the commit; None for
    one from a folder. https://packaging.python.org/en/latest/specifications/direct-url/"""
    try:
        with open(path, encoding="utf-8") as file:
            told = json.load(file)
        if "dir_info" in told:
            return None
        commit = told.get("vcs_info", {}).get("commit_id", "")
    except (OSError, ValueError, AttributeError, TypeError):
        return ""
    return f" ({commit[:12]})" if commit else ""
