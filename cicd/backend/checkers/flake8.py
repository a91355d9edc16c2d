"""flake8, the linter."""

from __future__ import annotations

from cicd.backend.checkers.port import Finding, Scope, parse_lines, parse_number
from cicd.model import Command

NAME = "flake8"
CALL = "flake8"
# pyproject-flake8: flake8 that reads pyproject.toml.
PROGRAMS: tuple[str, ...] = ("pflake8", NAME)
SETTINGS: tuple[tuple[str, str], ...] = (
    (".flake8", "flake8"),
    ("setup.cfg", "flake8"),
    ("tox.ini", "flake8"),
    # Read by the plugin Flake8-pyproject.
    ("pyproject.toml", "tool.flake8"),
)
NARROWING = frozenset({"exclude", "extend-exclude", "filename"})
SCANS_ALL = True

_LINE = r"^(?P<path>.+?\.\w+):(?P<line>\d+):\d+: (?P<text>[A-Z]+\d+ .*)$"


def check_command(scope: Scope) -> Command:
    # flake8 knows nothing of git, so it is told the targets and never ".".
    head = (str(scope.program), "--format=default", "--benchmark", *_defaults(scope))
    return Command((*head, *scope.options, *scope.targets), cwd=scope.folder)


def _defaults(scope: Scope) -> tuple[str, ...]:
    """Where the repository says nothing: what does not contradict black.
    https://black.readthedocs.io/en/stable/guides/using_black_with_other_tools.html
    """
    if scope.settings.configured:
        return ()
    return ("--max-line-length", str(scope.line_length), "--extend-ignore", "E203,E701")


def fix_command(scope: Scope) -> Command | None:
    return None


def count_command(scope: Scope) -> Command | None:
    return None


def parse_findings(output: str) -> tuple[Finding, ...]:
    return parse_lines(_LINE, output)


def parse_scanned(output: str) -> int | None:
    return parse_number(r"(\d+)\s+total files processed", output)
