"""pyright, the type checker."""

from __future__ import annotations

from cicd.backend.checkers.port import Finding, Scope, parse_lines, parse_number
from cicd.model import Command

NAME = "pyright"
CALL = "pyright"
PROGRAMS: tuple[str, ...] = (NAME,)
SETTINGS: tuple[tuple[str, str], ...] = (
    ("pyrightconfig.json", ""),
    ("pyproject.toml", "tool.pyright"),
)
NARROWING = frozenset({"include", "exclude", "ignore"})
SCANS_ALL = False

_LINE = r"^ *(?P<path>\S.*?):(?P<line>\d+):\d+ - (?P<text>(?:error|warning): .*)$"


def check_command(scope: Scope) -> Command:
    options = ("--stats", "--pythonpath", str(scope.python))
    named = (*scope.options, *(scope.places if scope.narrowed else ()))
    return Command((str(scope.program), *options, *named), cwd=scope.folder)


def fix_command(scope: Scope) -> Command | None:
    return None


def count_command(scope: Scope) -> Command | None:
    return None


def parse_findings(output: str) -> tuple[Finding, ...]:
    return parse_lines(_LINE, output, "warning")


def parse_scanned(output: str) -> int | None:
    if "No source files found" in output:
        return 0
    return parse_number(r"Found (\d+) source files?", output)
