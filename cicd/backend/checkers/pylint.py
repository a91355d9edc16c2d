"""pylint, the linter that imports."""

from __future__ import annotations

from cicd.backend.checkers.port import Finding, Scope, parse_lines
from cicd.model import Command

NAME = "pylint"
CALL = "pylint"
PROGRAMS: tuple[str, ...] = (NAME,)
SETTINGS: tuple[tuple[str, str], ...] = (
    ("pylintrc", ""),
    ("pylintrc.toml", ""),
    (".pylintrc", ""),
    (".pylintrc.toml", ""),
    ("pyproject.toml", "tool.pylint"),
    ("setup.cfg", "pylint"),
    ("tox.ini", "pylint"),
)
NARROWING = frozenset({"ignore", "ignore-paths", "ignore-patterns", "main", "master"})
SCANS_ALL = True

_LINE = r"^(?P<path>.+?\.\w+):(?P<line>\d+):\d+: (?P<text>[A-Z]\d{4}.*)$"
_TEMPLATE = "--msg-template={path}:{line}:{column}: {msg_id} {msg} ({symbol})"


def check_command(scope: Scope) -> Command:
    options = ("--output-format=text", _TEMPLATE, "--score=n", "--recursive=y", *_borrow(scope))
    options = (*options, *scope.options)
    return Command((str(scope.program), *options, *scope.targets), cwd=scope.folder)


def _borrow(scope: Scope) -> tuple[str, ...]:
    """A pylint from elsewhere is shown the project's packages, behind its own."""
    if not scope.borrowed:
        return ()
    places = str(scope.python.parent.parent / "[Ll]ib*" / "**" / "site-packages")
    return (f"--init-hook=import glob, sys; sys.path += glob.glob({places!r}, recursive=True)",)


def fix_command(scope: Scope) -> Command | None:
    return None


def count_command(scope: Scope) -> Command | None:
    return None


def parse_findings(output: str) -> tuple[Finding, ...]:
    # With `fail-under` or `fail-on` set, what it prints may be allowed.
    return parse_lines(_LINE, output, "")


def parse_scanned(output: str) -> int | None:
    """pylint's text does not tell; it exits with 32 when a target is not there."""
    return None
