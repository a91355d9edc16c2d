"""The port: a formatter, linter or type checker that reports findings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.backend.settings import Settings
    from cicd.model import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a tool is run on, and with what.

    `targets` are all Python files of the part in few words; `whole` says that "." names
    the same (a tool that knows what to skip then finds its own way). `python` is the
    project's interpreter, which may not be the one that runs the tool (`borrowed`).
    """

    program: Path
    folder: Path
    targets: tuple[str, ...]
    whole: bool
    settings: Settings
    python: Path
    borrowed: bool = False
    source: tuple[str, ...] = ()
    line_length: int = 88
    version: str = ""
    options: tuple[str, ...] = ()
    """What the repository's own scripts pass to the tool and what decides its findings."""
    narrowed: bool = False
    """Whether the places are those that the repository's own scripts name."""

    @property
    def places(self) -> tuple[str, ...]:
        return (".",) if self.whole else self.targets


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding; `path` is as the tool prints it. `fixable`: the tool can write it away.
    One that is not `severe` counts only where the tool itself ends with a failure over it."""

    path: str
    line: int | None
    text: str
    fixable: bool = False
    severe: bool = True


class Checker(Protocol):
    """One tool. Each module beside this one is a checker; all but the port is pure."""

    NAME: str
    CALL: str
    """How scripts call it: "ruff check"."""
    PROGRAMS: tuple[str, ...]
    """The programs that are it, the preferred one first."""
    SETTINGS: tuple[tuple[str, str], ...]
    """Where the tool looks for its settings: file and section."""
    NARROWING: frozenset[str]
    """Settings that leave files out. Where none is set, all files must be scanned."""
    SCANS_ALL: bool
    """Whether it is told to look at every file; a type checker may follow its own list."""

    def check_command(self, scope: Scope) -> Command:
        """Reports and changes nothing, whatever the settings say."""
        ...

    def fix_command(self, scope: Scope) -> Command | None:
        """Writes; None when the tool cannot."""
        ...

    def count_command(self, scope: Scope) -> Command | None:
        """Lists what is scanned; None when the check itself tells."""
        ...

    def parse_findings(self, output: str) -> tuple[Finding, ...]: ...

    def parse_scanned(self, output: str) -> int | None:
        """How many files were scanned, from what the check (or the count) printed."""
        ...


def parse_lines(pattern: str, output: str, mild: str = "(?!)") -> tuple[Finding, ...]:
    """Findings from lines, by a pattern with the groups path, line and text; those whose
    text begins with the pattern `mild` are not severe."""
    found = re.finditer(pattern, output, re.MULTILINE)
    return tuple(
        Finding(m["path"], int(m["line"]), text, severe=not re.match(mild, text))
        for m in found
        for text in [m["text"].strip()]
    )


def parse_number(pattern: str, output: str) -> int | None:
    """The number in the pattern's only group; the sum when the pattern stands several times."""
    found: list[str] = re.findall(pattern, output)
    return sum(map(int, found)) if found else None
