"""How the dependencies of a project are installed, and which of them the checks need."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from cicd.config.backends import requirements_files
from cicd.config.dependencies import included
from cicd.config.files import join, upward
from cicd.config.finding import Finding
from cicd.config.postgres import find_postgres
from cicd.config.workspaces import uv_root

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cicd.config.files import Files

_CHECKING = (
    "dev develop development test tests testing lint linting linters typing types type-check "
    "typecheck mypy ci check checks qa quality format"
).split()
PLAIN = "requirements.txt"
_PREFERRED = "dev develop development test tests testing ci local all".split()
_ASIDE = r"(^|[-_./])(docs?|prod|production|deploy|heroku|min|minimum|constraints?)\b"


def find_install(files: Files, folder: str) -> Finding:
    """A lock of the project, its requirements files, a lock of its workspace, the project."""
    for base, install in (("uv.lock", "uv"), ("poetry.lock", "poetry"), ("pdm.lock", "pdm")):
        if (name := join(folder, base)) in files:
            return Finding(install, name, f"uses {base}")
    for name in files.inside(folder):
        if fnmatchcase(name, join(folder, "pylock*.toml")):
            return Finding("pylock", name)
    if (name := join(uv_root(files, folder), "uv.lock")) in files:
        return Finding("uv", name, "uses the uv.lock of its workspace")
    return _unlocked(files, folder)


def find_requirements(files: Files, folder: str) -> Finding:
    """The files to install: one for development with what it does not include, or the plain one."""
    if find_install(files, folder).value != "requirements":
        return Finding(())
    names = requirements_files(files, folder) or _above(files, folder)
    names = [name for name in names if not name.endswith(".in")] or names
    chosen = _chosen(files, names)
    start = len(folder) + 1 if folder else 0
    own = f"{folder}/" if folder else ""
    relative = tuple(n[start:] if n.startswith(own) else _climb(folder, n) for n in chosen)
    return Finding(relative, chosen[0] if chosen else "default")


def find_extras(files: Files, folder: str) -> Finding:
    """The extras that are for checking, by their usual names, and the one that alone brings the
    driver for PostgreSQL."""
    name = join(folder, "pyproject.toml")
    settings = files.toml(name)
    declared = {
        **((settings.get("project") or {}).get("optional-dependencies") or {}),
        **(_poetry(settings).get("extras") or {}),
    }
    found = _named(files, name, declared)
    driver = next((extra for extra, items in declared.items() if _has_driver(items)), "")
    if not driver or driver in found.value or _has_driver(_always(settings)):
        return found
    if not find_postgres(files, folder).value:
        return found
    origin = files.at(name, f"\n{driver} ")
    return Finding((*found.value, driver), found.origin if found.value else origin)


def _always(settings: dict[str, Any]) -> list[str]:
    """What is installed in any case; where Poetry has groups, theirs too."""
    poetry = _poetry(settings)
    groups = [group.get("dependencies") or {} for group in (poetry.get("group") or {}).values()]
    tables = [poetry.get("dependencies") or {}, poetry.get("dev-dependencies") or {}, *groups]
    optional = {n for t in tables for n, v in t.items() if isinstance(v, dict) and "optional" in v}
    listed = [*((settings.get("project") or {}).get("dependencies") or ())]
    for group in (settings.get("dependency-groups") or {}).values():
        listed += [item for item in group if isinstance(item, str)]
    return listed + [name for table in tables for name in table if name not in optional]


def _has_driver(items: Iterable[str]) -> bool:
    return any(re.match(r"(psycopg(2|2-binary)?|asyncpg|pg8000)(?![\w-])", each) for each in items)


def find_groups(files: Files, folder: str) -> Finding:
    """The dependency groups that are for checking, the same way."""
    name = join(folder, "pyproject.toml")
    settings = files.toml(name)
    tool = settings.get("tool") or {}
    poetry = _poetry(settings)
    legacy = {"dev": ()} if poetry.get("dev-dependencies") else {}
    uv_dev = {"dev": ()} if (tool.get("uv") or {}).get("dev-dependencies") else {}
    declared = {
        **(settings.get("dependency-groups") or {}),
        **(poetry.get("group") or {}),
        **((tool.get("pdm") or {}).get("dev-dependencies") or {}),
        **legacy,
        **uv_dev,
    }
    return _named(files, name, declared)


def _unlocked(files: Files, folder: str) -> Finding:
    if names := requirements_files(files, folder):
        return Finding("requirements", names[0])
    if name := files.first(folder, "pyproject.toml", "setup.py", "setup.cfg"):
        return Finding("project", name, "has no lock file: versions may change between runs")
    if name := files.first(folder, "Pipfile.lock", "Pipfile"):
        note = "Pipfile is not installed by cicd: export it to a requirements file"
        return Finding("requirements", name, note)
    above = _above(files, folder)
    return Finding("requirements", above[0]) if above else Finding("project")


def _above(files: Files, folder: str) -> list[str]:
    """Requirements files of the nearest folder above that has some."""
    return next((names for up in upward(folder) if (names := requirements_files(files, up))), [])


def _chosen(files: Files, names: list[str]) -> list[str]:
    """The preferred file, with the plain one and the one for tests where it includes neither."""
    fitting = [name for name in names if not re.search(_ASIDE, name.rpartition("/")[2].lower())]
    ranked = sorted(fitting or names[:1], key=lambda n: (_rank(n), not n.endswith(PLAIN)))
    first = ranked[:1]
    reached = {*first, *(inner for name in first for inner in included(files, name))}
    more = [n for n in ranked[1:] if reached.isdisjoint([n, *included(files, n)])]
    preferred = bool(first) and _rank(first[0]) < len(_PREFERRED)
    plain = [name for name in more if _is_base(name)][:1] if preferred else []
    return [*plain, *first, *(name for name in more if _is_test(name) and name not in plain)]


def _rank(name: str) -> int:
    words = _words(name)
    return next((at for at, word in enumerate(_PREFERRED) if word in words), len(_PREFERRED))


def _is_base(name: str) -> bool:
    words = set(_words(name)) - {"requirements", "txt", "in", "lock"}
    return not words or bool(
        words & {"base", "main", "common", "default", "core", "app", "project"}
    )


def _is_test(name: str) -> bool:
    return not {"test", "tests", "testing"}.isdisjoint(_words(name))


def _words(name: str) -> list[str]:
    return re.split(r"[-_.]", name.rpartition("/")[2].lower())


def _poetry(settings: dict[str, Any]) -> dict[str, Any]:
    poetry: dict[str, Any] = (settings.get("tool") or {}).get("poetry") or {}
    return poetry


def _named(files: Files, name: str, declared: dict[str, Any]) -> Finding:
    chosen = tuple(key for key in declared if key.lower().replace("_", "-") in _CHECKING)
    if not chosen:
        return Finding(())
    word = re.escape(chosen[0])
    key = rf"^\s*[\"']?{word}[\"']?\s*=|^\[[^\]]*\.{word}\b"
    line = re.search(key, files.text(name), re.M)
    return Finding(chosen, files.at(name, line[0].strip("\n")) if line else name)


def _climb(folder: str, name: str) -> str:
    return "../" * (folder.count("/") + 1) + name
