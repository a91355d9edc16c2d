"""The packages whose coverage is measured."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.config.files import join, parent
from cicd.config.finding import Finding
from cicd.config.headings import find_heading
from cicd.config.migrations import find_manage
from cicd.config.skipped import is_never, is_seldom, is_tooling

if TYPE_CHECKING:
    from cicd.config.files import Files

_CONFIGURED = (
    (".coveragerc", r"^\s*(source|source_pkgs|include)\s*=", "run"),
    ("pyproject.toml", r"^(source|source_pkgs|include)\s*=", "tool.coverage.run"),
    ("setup.cfg", r"^(source|source_pkgs|include)\s*=", "coverage:run"),
    ("tox.ini", r"^(source|source_pkgs|include)\s*=", "coverage:run"),
)


def find_source(files: Files, folder: str) -> Finding:
    """() where coverage's own settings name it, else the packages of the project."""
    if where := _configured(files, folder):
        return Finding((), where)
    packages = _packages(files, folder)
    return Finding(tuple(packages) or (".",), "default" if not packages else "its packages")


def _configured(files: Files, folder: str) -> str:
    for base, pattern, heading in _CONFIGURED:
        name = join(folder, base)
        text = files.text(name) if name in files else ""
        section = re.search(rf"^\[{re.escape(heading)}\](?P<body>(?:(?!^\[).)*)", text, re.M | re.S)
        if section and re.search(pattern, section["body"], re.M):
            return find_heading(files, folder, base, heading) or name
    return ""


def _packages(files: Files, folder: str) -> list[str]:
    """Folders with `__init__.py` in `src/`, beside manage.py, or in the project itself."""
    manage = find_manage(files, folder)
    for root in dict.fromkeys((join(folder, "src"), parent(manage) if manage else folder, folder)):
        start = len(folder) + 1 if folder else 0
        found = [f[start:] for f in _children(files, root) if not _is_aside(f[start:])]
        if found:
            return found
    return []


def _children(files: Files, root: str) -> list[str]:
    return sorted(f for f in files.folders("__init__.py") if f != root and parent(f) == root)


def _is_aside(inner: str) -> bool:
    last = inner.rpartition("/")[2]
    return (
        is_never(last)
        or is_seldom(last)
        or (is_tooling(last) and last != "config")
        or last in ("migrations", "alembic")
    )
