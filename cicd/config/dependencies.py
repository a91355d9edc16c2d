"""What a Python project depends on, by name, wherever it is declared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cicd.config.backends import requirements_files
from cicd.config.files import join, parent
from cicd.config.workspaces import uv_root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.config.files import Files

_PROJECT = "pyproject.toml"
_NAME = r"^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?"
_QUOTED = r"[\"']([A-Za-z0-9][\w.-]*(?:\[[\w,\s-]*\])?)\s*(?:[<>=!~;@][^\"']*)?[\"']"
_INCLUDE = r"^\s*(?:-r|--requirement)[=\s]+(\S+)"


def dependencies(files: Files, folder: str, *, workspace: bool = True) -> dict[str, str]:
    """Normalised name → "file:line", with extras as "psycopg[binary]"; nearest file first.

    Groups and extras count: tests need them. What a uv workspace's root declares counts
    for its members too, unless `workspace` is false.
    """
    found: dict[str, str] = {}
    root = uv_root(files, folder) if workspace else folder
    declaring = [*_declaring(files, folder), *([join(root, _PROJECT)] if root != folder else [])]
    for name in declaring:
        for item in _items(files, name):
            for known in _names(item):
                found.setdefault(known, files.at(name, item.split("[")[0].strip()))
    return found


def included(files: Files, name: str) -> list[str]:
    """The requirements files that this one includes, through others too."""
    found: list[str] = []
    todo = [name]
    while todo:
        current = todo.pop()
        for line in files.text(current).splitlines():
            match = re.match(_INCLUDE, line)
            target = _beside(current, match[1]) if match else ""
            if target in files and target not in found:
                found.append(target)
                todo.append(target)
    return found


def _declaring(files: Files, folder: str) -> Iterator[str]:
    for base in ("pyproject.toml", "Pipfile", "setup.cfg", "setup.py"):
        if (name := join(folder, base)) in files:
            yield name
    for name in requirements_files(files, folder):
        yield name
        yield from (each for each in included(files, name) if parent(each) != parent(name))


def _items(files: Files, name: str) -> Iterator[str]:
    if name.endswith("pyproject.toml"):
        yield from _pyproject(files.toml(name))
    elif name.endswith("Pipfile"):
        for table in ("packages", "dev-packages"):
            yield from files.toml(name).get(table) or {}
    elif name.endswith((".txt", ".in")):
        yield from (line for line in files.text(name).splitlines() if line[:1] not in ("#", "-"))
    elif name.endswith("setup.cfg"):
        yield from (line for line in files.text(name).splitlines() if line[:1].isspace())
    else:
        yield from re.findall(_QUOTED, files.text(name))


def _pyproject(settings: dict[str, Any]) -> Iterator[str]:
    project, tool = settings.get("project") or {}, settings.get("tool") or {}
    lists = [
        project.get("dependencies") or [],
        *(project.get("optional-dependencies") or {}).values(),
        *(settings.get("dependency-groups") or {}).values(),
        *((tool.get("pdm") or {}).get("dev-dependencies") or {}).values(),
        (tool.get("uv") or {}).get("dev-dependencies") or [],
    ]
    for listed in lists:
        yield from (item for item in listed if isinstance(item, str))
    poetry = tool.get("poetry") or {}
    groups = [poetry, *(poetry.get("group") or {}).values()]
    for table in [group.get("dependencies") or {} for group in groups] + [
        poetry.get("dev-dependencies") or {}
    ]:
        yield from (f"{name}[{_poetry_extras(wanted)}]" for name, wanted in table.items())


def _poetry_extras(wanted: object) -> str:
    return ",".join(wanted.get("extras") or ()) if isinstance(wanted, dict) else ""


def _names(item: str) -> Iterator[str]:
    match = re.match(_NAME, item)
    if match:
        name = re.sub(r"[-_.]+", "-", match[1]).lower()
        yield name
        for extra in (match[2] or "").split(","):
            if extra.strip():
                yield f"{name}[{extra.strip().lower()}]"


def _beside(name: str, target: str) -> str:
    pieces = parent(name).split("/") if parent(name) else []
    for piece in target.split("/"):
        if piece == "..":
            pieces = pieces[:-1]
        elif piece not in ("", "."):
            pieces.append(piece)
    return "/".join(pieces)
