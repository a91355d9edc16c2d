"""mypy, the type checker."""

from __future__ import annotations

import re

from cicd.backend.checkers.port import Finding, Scope, parse_number
from cicd.model import Command

NAME = "mypy"
CALL = "mypy"
PROGRAMS: tuple[str, ...] = (NAME,)
SETTINGS: tuple[tuple[str, str], ...] = (
    ("mypy.ini", "mypy"),
    (".mypy.ini", "mypy"),
    ("pyproject.toml", "tool.mypy"),
    ("setup.cfg", "mypy"),
)
NARROWING = frozenset({"exclude", "files", "packages", "modules"})
SCANS_ALL = False

_OWN_LIST = frozenset({"files", "packages", "modules"})
_LINE = re.compile(
    r"^(?P<path>.+?):(?:(?P<line>\d+):)?(?:\d+:){0,3} error: (?P<text>.*)$", re.MULTILINE
)


def check_command(scope: Scope) -> Command:
    options = ("--no-pretty", "--no-color-output", "--show-error-codes", *_borrow(scope))
    argv = (str(scope.program), *options, *scope.options, *_targets(scope))
    return Command(argv, cwd=scope.folder)


def _targets(scope: Scope) -> tuple[str, ...]:
    if scope.narrowed:
        return scope.places
    return () if scope.settings.names_any(_OWN_LIST) else (scope.source or scope.places)


def _borrow(scope: Scope) -> tuple[str, ...]:
    return ("--python-executable", str(scope.python)) if scope.borrowed else ()


def fix_command(scope: Scope) -> Command | None:
    return None


def count_command(scope: Scope) -> Command | None:
    return None


def parse_findings(output: str) -> tuple[Finding, ...]:
    found = _LINE.finditer(output)
    return tuple(Finding(m["path"], int(m["line"] or 0) or None, m["text"]) for m in found)


def parse_scanned(output: str) -> int | None:
    return parse_number(r"(?:checked|no issues found in) (\d+) source files?", output)
