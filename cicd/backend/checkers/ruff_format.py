"""ruff as a formatter."""

from __future__ import annotations

import re

from cicd.backend.checkers import ruff
from cicd.backend.checkers.port import Finding, Scope, parse_number
from cicd.model import Command

NAME = "ruff"
CALL = "ruff format"
PROGRAMS: tuple[str, ...] = (NAME,)
SETTINGS = ruff.SETTINGS
NARROWING = ruff.NARROWING | {"format"}
SCANS_ALL = True

_OLDER = re.compile(r"^Would reformat: (?P<path>.+)$", re.MULTILINE)
_NEWER = re.compile(
    r"^(?P<kind>unformatted|invalid-syntax): (?P<text>.+)\n\s*--> (?P<path>.+?):(?P<line>\d+):\d+",
    re.MULTILINE,
)
_BROKEN = re.compile(
    r"^error: Failed to parse (?P<path>.+?):(?P<line>\d+):\d+: (?P<text>.+)$", re.MULTILINE
)


def check_command(scope: Scope) -> Command:
    options = ("format", "--check", "--force-exclude", *scope.options)
    return Command((str(scope.program), *options, *scope.places), cwd=scope.folder)


def fix_command(scope: Scope) -> Command | None:
    options = ("format", "--quiet", "--force-exclude", *scope.options)
    return Command((str(scope.program), *options, *scope.places), cwd=scope.folder)


def count_command(scope: Scope) -> Command | None:
    return None


def parse_findings(output: str) -> tuple[Finding, ...]:
    text = "is not formatted as ruff does it"
    older = (Finding(m["path"], None, text, True) for m in _OLDER.finditer(output))
    newer = (
        Finding(m["path"], int(m["line"]), text if plain else m["text"], plain)
        for m in _NEWER.finditer(output)
        for plain in [m["kind"] == "unformatted"]
    )
    broken = (Finding(m["path"], int(m["line"]), m["text"]) for m in _BROKEN.finditer(output))
    return (*older, *newer, *broken)


def parse_scanned(output: str) -> int | None:
    if "No Python files found" in output:
        return 0
    return parse_number(r"(\d+) files? (?:would be reformatted|already formatted)", output)
