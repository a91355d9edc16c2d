"""ruff, the linter."""

from __future__ import annotations

import re

from cicd.backend.checkers.port import Finding, Scope
from cicd.model import Command

NAME = "ruff"
CALL = "ruff check"
PROGRAMS: tuple[str, ...] = (NAME,)
SETTINGS: tuple[tuple[str, str], ...] = (
    (".ruff.toml", ""),
    ("ruff.toml", ""),
    ("pyproject.toml", "tool.ruff"),
)
NARROWING = frozenset({"exclude", "extend-exclude", "include", "extend-include", "extend"})
SCANS_ALL = True

_LINE = re.compile(
    r"^(?P<path>.+?\.\w+):(?P<line>\d+):\d+: (?P<text>(?:[A-Z]+\d+|[a-z-]+:|SyntaxError:) .*)$",
    re.MULTILINE,
)


def check_command(scope: Scope) -> Command:
    # `fix = true` in the settings would rewrite files in a check.
    options = ("check", "--no-fix", f"--output-format={_lines(scope)}", "--force-exclude")
    return Command((str(scope.program), *options, *scope.options, *scope.places), cwd=scope.folder)


def _lines(scope: Scope) -> str:
    """Before 0.2 the format of one line for each finding was called "text"."""
    return "text" if re.match(r"0\.[01]\.", scope.version) else "concise"


def fix_command(scope: Scope) -> Command | None:
    # What it cannot fix is for the check to say, so this must not fail.
    options = ("check", "--fix", "--exit-zero", "--quiet", "--force-exclude", *scope.options)
    return Command((str(scope.program), *options, *scope.places), cwd=scope.folder)


def count_command(scope: Scope) -> Command | None:
    options = ("check", "--show-files", "--force-exclude", *scope.options)
    return Command((str(scope.program), *options, *scope.places), cwd=scope.folder)


def parse_findings(output: str) -> tuple[Finding, ...]:
    return tuple(
        Finding(m["path"], int(m["line"]), m["text"].replace(" [*]", ""), "[*]" in m["text"])
        for m in _LINE.finditer(output)
    )


def parse_scanned(output: str) -> int | None:
    return sum(1 for line in output.splitlines() if line.strip().endswith(".py"))
