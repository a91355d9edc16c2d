"""Whether somebody wrote inputs of a session while it ran: they may have held something else."""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from cicd.steps.subject import Subject

_WRITING = ("build",)
"""A build may write sources itself, the same each time: a client of an interface."""
_TOLD = 3
SLACK_S = 0.05
"""File systems stamp a change with a clock that may be behind by so much."""
_UNLISTED = re.compile(r"(?:[^: ]+:)?(file|reads|outside) (.+)")
"""As `fingerprint` names them; of a part behind its name."""


def written_meanwhile(
    root: Path, subject: Subject, names: Iterable[str], started_at: str
) -> tuple[str, ...]:
    """The first few of these files that were written since, and of their folders that were moved
    away and back. The content of two moments is compared elsewhere: a file that was edited and
    put back in between is the same in both. `names` are relative to the root, or absolute."""
    if subject.part is None or subject.verb in _WRITING:
        return ()
    since = _Since(datetime.fromisoformat(started_at).timestamp(), time.time())
    files = sorted(names)
    folders = dict.fromkeys(folder for name in files for folder in _above(name))
    found = chain(
        (name for name in files if since.wrote(os.path.join(root, name))),
        (f"{name}/" for name in folders if since.moved(os.path.join(root, name))),
    )
    return tuple(islice(found, _TOLD))


def unlisted_names(root: Path, elements: Iterable[str]) -> Iterator[str]:
    """The files that git does not list, by the names of the elements of a key."""
    for element in elements:
        if told := _UNLISTED.fullmatch(element):
            kind, name = told.groups()
            path = os.path.join(root, os.path.expanduser(name))
            yield from _below(path) if kind != "file" and os.path.isdir(path) else (name,)


def _below(path: str) -> Iterator[str]:
    for folder, _, names in os.walk(path):
        yield from (os.path.join(folder, name) for name in names)


@dataclass(frozen=True, slots=True)
class _Since:
    """Between two moments, in seconds since the epoch."""

    started: float
    now: float

    def wrote(self, path: str) -> bool:
        """The file, or the one that a link leads to."""
        with suppress(OSError):
            seen = [os.lstat(path), *([os.stat(path)] if os.path.isfile(path) else [])]
            # On Windows `st_ctime` is when it was made.
            return any(self._covers(each.st_mtime) or self._covers(each.st_ctime) for each in seen)
        return False

    def moved(self, path: str) -> bool:
        """A new entry in a folder changes both of its times, a new name for itself only one."""
        with suppress(OSError):
            there = os.lstat(path)
            return self._covers(there.st_ctime) and not self._covers(there.st_mtime)
        return False

    def _covers(self, when: float) -> bool:
        return self.started - SLACK_S <= when <= self.now


def _above(name: str) -> Iterator[str]:
    """The folders of a file; of one that lies elsewhere the nearest is enough."""
    if os.path.isabs(name):
        yield os.path.dirname(name)
        return
    while name := os.path.dirname(name):
        yield name
