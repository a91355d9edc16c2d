"""isort, the formatter of imports."""

from __future__ import annotations

import re

from cicd.backend.checkers.port import Finding, Scope
from cicd.model import Command

NAME = "isort"
CALL = "isort"
PROGRAMS: tuple[str, ...] = (NAME,)
SETTINGS: tuple[tuple[str, str], ...] = (
    (".isort.cfg", ""),
    ("pyproject.toml", "tool.isort"),
    ("setup.cfg", "isort"),
    ("tox.ini", "isort"),
)
NARROWING = frozenset({"skip", "skip-glob", "extend-skip", "extend-skip-glob"})
SCANS_ALL = True

_UNSORTED = re.compile(r"^ERROR: (?P<path>.+?) (?P<text>Imports are .+)$", re.MULTILINE)


def check_command(scope: Scope) -> Command:
    return Command((*_head(scope), "--check-only", *scope.places), cwd=scope.folder)


def fix_command(scope: Scope) -> Command | None:
    return Command((*_head(scope), *scope.places), cwd=scope.folder)


def count_command(scope: Scope) -> Command | None:
    return Command((*_head(scope), "--show-files", *scope.places), cwd=scope.folder)


def _head(scope: Scope) -> tuple[str, ...]:
    # Also skips what git ignores: our own folder and environments of any name.
    return (str(scope.program), "--skip-gitignore", "--filter-files", *scope.options)


def parse_findings(output: str) -> tuple[Finding, ...]:
    found = _UNSORTED.finditer(output)
    return tuple(Finding(m["path"], None, "has unsorted imports (isort)", True) for m in found)


def parse_scanned(output: str) -> int | None:
    return sum(1 for line in output.splitlines() if line.strip().endswith(".py"))
