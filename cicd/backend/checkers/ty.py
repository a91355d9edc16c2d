"""ty, the type checker."""

from __future__ import annotations

from cicd.backend.checkers.port import Finding, Scope, parse_lines
from cicd.model import Command

NAME = "ty"
CALL = "ty check"
PROGRAMS: tuple[str, ...] = (NAME,)
SETTINGS: tuple[tuple[str, str], ...] = (("ty.toml", ""), ("pyproject.toml", "tool.ty"))
NARROWING = frozenset({"src"})
SCANS_ALL = False

_LINE = r"^(?P<path>.+?):(?P<line>\d+):\d+: (?P<text>(?:error|fatal|warning)\[.*)$"


def check_command(scope: Scope) -> Command:
    options = ("check", "--output-format=concise", "--python", str(scope.python.parent.parent))
    named = (*scope.options, *(scope.places if scope.narrowed else ()))
    return Command((str(scope.program), *options, *named), cwd=scope.folder)


def fix_command(scope: Scope) -> Command | None:
    return None


def count_command(scope: Scope) -> Command | None:
    return None


def parse_findings(output: str) -> tuple[Finding, ...]:
    # The setting `error-on-warning` makes it fail over a warning.
    return parse_lines(_LINE, output, "warning")


def parse_scanned(output: str) -> int | None:
    """ty says of an empty project that it found nothing, and no number otherwise."""
    return 0 if "No python files found" in output else None
