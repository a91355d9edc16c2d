"""What decides what a migrated database holds: one key, by content, never by time or name.

Migrations import models, settings and whatever else they like. So what they read is noted
while they run; a later run asks whether any of that has changed.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version
from itertools import filterfalse
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from cicd.backend.installed import read_packages, read_python
from cicd.backend.testers.port import DRIVERS
from cicd.cache.mode import read_mode
from cicd.steps.fingerprint.variables import variable_elements
from cicd.steps.schema_files import (
    changed_at_ns,
    digest,
    is_made,
    read_digest,
    schema_inputs,
    schema_key,
    schema_names,
)
from cicd.steps.written import SLACK_S
from cicd.system.state import read_object, write_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cicd.model import Command
    from cicd.steps.bench import Bench

_FORMAT = "2"
_MOST_NOTES = 200
_SLACK_NS = round(SLACK_S * 1e9)


@dataclass(kw_only=True)
class Schema:
    """The schema of one part, as its migrations make it in this run.

    `passing` once it is certain that no other run may have it: something changed while they
    ran, they asked the network, or kept things shall not be reused.
    """

    bench: Bench
    passing: bool = False
    _noted: dict[str, object] = field(default_factory=dict)
    _known: dict[str, object] = field(default_factory=dict)
    _own: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def keeps(self) -> bool:
        return read_mode(self.bench.work.environ).writes and not self.passing

    def key(self) -> str:
        """Everything that decides it. Before the first migration of its kind that is not known
        yet: then a key that nothing was ever kept under."""
        noted = self._known = self._noted or read_object(self._notes)
        if self.passing or noted.get("lasting") is False:
            return f"{self.base} {self._own}"
        reads = noted.get("reads")
        if not isinstance(reads, list):
            return f"{self.base} not known"
        lines = [f"{name}\0{self._content(str(name))}" for name in reads]
        if noted.get("contained") is not True:
            lines += [f"{name}\0{self._content(name)}" for name in self._part_files]
        return f"{self.base} {digest(lines)}"

    @property
    def told(self) -> str:
        """What the migrations of the last key told for the verdict; "" where nobody knows."""
        told = self._known.get("told")
        return told if isinstance(told, str) else ""

    @cached_property
    def base(self) -> str:
        """What is known before anything runs."""
        work, part, environment = self.bench.work, self.bench.part, self.bench.environment
        return digest(
            (
                *(_FORMAT, version("nox-cicd"), platform.platform(), repr(part)),
                *(read_python(environment), repr(sorted(read_packages(environment).items()))),
                # Partitions of a month, a trial that ends: migrations know what day it is.
                datetime.now(UTC).date().isoformat(),
                repr(sorted(variable_elements(work.environ, work.place.root).items())),
                schema_key(work, part, ""),
                *schema_names(work.tree, part),
            )
        )

    def noticing(self, command: Command, report: Path) -> Command:
        """The same command, telling what it reads; a command of the user's own tells nothing."""
        python, *arguments = command.argv
        if not self.bench.tells_reads:
            return command
        driver = (str(DRIVERS / "cicd_reads.py"), str(report), str(self._root))
        return replace(command, argv=(python, *driver, *arguments))

    def note(self, report: Path, started_ns: int, told: str = "") -> None:
        """What the migrations told, after they were green; `started_ns` is when they began, and
        `told` is what counts for a verdict as well."""
        lines = _read_lines(report)
        reads = sorted({self._relative(line) for line in lines if line[0] not in "!@"})
        starts = [line for line in lines if line[0] == "!"]
        self.passing = self.passing or self._changed(reads, started_ns)
        self._noted = {
            "reads": reads,
            "contained": bool(reads) and not starts,
            "lasting": not any(line[0] == "@" for line in lines),
            "told": told,
        }
        if self.keeps:
            with contextlib.suppress(OSError):
                write_text(self._notes, json.dumps(self._noted))
                _prune(self._notes.parent)
        self.passing = self.passing or self._noted["lasting"] is False

    @property
    def _root(self) -> Path:
        return self.bench.work.place.root

    @property
    def _notes(self) -> Path:
        home = self.bench.work.place.cache / "postgres" / "schemas"
        return home / f"{self.base[:32]}.json"

    @cached_property
    def _folders(self) -> dict[str, set[str]]:
        """The names in each folder of the repository, without what git ignores."""
        found: dict[str, set[str]] = {}
        for name in filterfalse(is_made, self.bench.work.tree.files):
            while name:
                folder, _, base = name.rpartition("/")
                if base in found.setdefault(folder, set()):
                    break
                found[folder].add(base)
                name = folder
        return found

    @property
    def _part_files(self) -> list[str]:
        return [str(path) for path in self.bench.work.tree.below(PurePosixPath(self._path))]

    @property
    def _path(self) -> str:
        return self.bench.part.path

    def _relative(self, path: str) -> str:
        """A name that another checkout of the same commit has as well."""
        below = f"{os.path.realpath(self._root)}{os.sep}"
        return path.removeprefix(below) if path != below else "./"

    def _content(self, name: str) -> str:
        if name.endswith("/"):
            return repr(sorted(self._folders.get(name.strip("./"), ())))
        return read_digest(self._root / name)

    def _changed(self, reads: Iterable[str], started_ns: int) -> bool:
        inputs = map(str, schema_inputs(self.bench.work, self.bench.part))
        changed_ns = (changed_at_ns(self._root / name) for name in (*reads, *inputs))
        return any(each >= started_ns - _SLACK_NS for each in changed_ns)


def schema_of(bench: Bench) -> Schema:
    return Schema(bench=bench, passing=not read_mode(bench.work.environ).reads)


def _read_lines(report: Path) -> list[str]:
    try:
        return [os.fsdecode(line) for line in report.read_bytes().splitlines() if line]
    except OSError:
        return []


def _prune(folder: Path) -> None:
    found = sorted(folder.glob("*.json"), key=changed_at_ns, reverse=True)
    for path in found[_MOST_NOTES:]:
        path.unlink(missing_ok=True)
