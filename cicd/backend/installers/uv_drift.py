"""Where `uv.lock` disagrees with the project: uv says only that it does."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def find_drift(lock: Path, project: Path) -> str:
    """The first requirement that the lock has not, or has otherwise; "" when none is seen."""
    settings, locked = _read(project), _read(lock)
    folder = Path(os.path.relpath(project.parent, lock.parent)).as_posix()
    held = [package for package in locked.get("package", []) if _stands_in(package, folder)]
    declared = dict(_declared(settings))
    known = dict(_locked(held[0])) if held else {}
    for name, specifier in declared.items():
        if name not in known:
            return f"the lock does not have {name}"
        if known[name] != specifier:
            return f"{name}{specifier} is declared, {name}{known[name]} is locked"
    gone = next((name for name in known if name not in declared), "")
    return f"the lock has {gone}, which is not declared" if gone else ""


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _stands_in(package: dict[str, Any], folder: str) -> bool:
    source = package.get("source", {})
    return folder in (source.get("virtual"), source.get("editable"))


def _declared(settings: dict[str, Any]) -> Iterator[tuple[str, str]]:
    project = settings.get("project", {})
    yield from _parse(project.get("dependencies", ()))
    for extra in project.get("optional-dependencies", {}).values():
        yield from _parse(extra)
    for group in settings.get("dependency-groups", {}).values():
        yield from _parse(group)


def _parse(requirements: Iterable[object]) -> Iterator[tuple[str, str]]:
    for text in requirements:
        try:
            requirement = Requirement(str(text))
        except InvalidRequirement:
            # {include-group = "…"}: the group that is included is read by itself.
            continue
        yield canonicalize_name(requirement.name), str(requirement.specifier)


def _locked(package: dict[str, Any]) -> Iterator[tuple[str, str]]:
    metadata = package.get("metadata", {})
    groups = metadata.get("requires-dev", {}).values()
    for one in (*metadata.get("requires-dist", ()), *(one for group in groups for one in group)):
        # As `Requirement` writes it: in one order whatever the file's.
        yield from _parse([f"{one['name']}{one.get('specifier', '')}"])
