"""black, the formatter."""

from __future__ import annotations

import re

from cicd.backend.checkers.port import Finding, Scope, parse_number
from cicd.model import Command

NAME = "black"
CALL = "black"
PROGRAMS: tuple[str, ...] = (NAME,)
SETTINGS: tuple[tuple[str, str], ...] = (("pyproject.toml", "tool.black"),)
NARROWING = frozenset({"exclude", "extend-exclude", "force-exclude", "include"})
SCANS_ALL = True

_UNFORMATTED = re.compile(r"^would reformat (?P<path>.+)$", re.MULTILINE)
_BROKEN = re.compile(r"^error: cannot (?:format|parse):? (?P<rest>.+)$", re.MULTILINE)
_POSITION = re.compile(r"^(?P<path>.+?\.\w+):\s*(?:(?P<line>\d+):\d+)?(?P<text>.*)$")


def check_command(scope: Scope) -> Command:
    return Command((str(scope.program), "--check", *scope.options, *scope.places), cwd=scope.folder)


def fix_command(scope: Scope) -> Command | None:
    return Command((str(scope.program), "--quiet", *scope.options, *scope.places), cwd=scope.folder)


def count_command(scope: Scope) -> Command | None:
    return None


def parse_findings(output: str) -> tuple[Finding, ...]:
    unformatted = (
        Finding(m["path"].strip(), None, "is not formatted as black does it", True)
        for m in _UNFORMATTED.finditer(output)
    )
    return (*unformatted, *map(_broken, _BROKEN.finditer(output)))


def _broken(match: re.Match[str]) -> Finding:
    """`path: Cannot parse for target version Python 3.13: 1:6: …` up to black 25, later
    `path:1:6`."""
    found = _POSITION.match(match["rest"])
    if not found:
        return Finding("", None, f"black cannot parse {match['rest']}")
    line = found["line"] or next(iter(re.findall(r": (\d+):\d+", match["rest"])), None)
    return Finding(found["path"], int(line) if line else None, "cannot be parsed by black")


def parse_scanned(output: str) -> int | None:
    number = r"(\d+) files? (?:would be reformatted|would be left unchanged|would fail to reformat)"
    if "No Python files are present" in output:
        return 0
    return parse_number(number, output)
