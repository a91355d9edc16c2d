"""Whether somebody wrote inputs of a session while it ran: they may have held something else."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cicd.steps.subject import Subject

_WRITING = ("build",)
"""A build may write sources itself, the same each time: a client of an interface."""
_TOLD = 3


def written_meanwhile(
    root: Path, subject: Subject, names: Iterable[str], started_at: str
) -> tuple[str, ...]:
    """The first few of these files that were written since. The content of two moments is
    compared elsewhere: a file that was edited and put back in between is the same in both."""
    if subject.part is None or subject.verb in _WRITING:
        return ()
    started, now, found = datetime.fromisoformat(started_at).timestamp(), time.time(), []
    for name in sorted(names):
        with suppress(OSError):
            there = os.lstat(os.path.join(root, name))
            # On Windows `st_ctime` is when it was made.
            if any(started <= when <= now for when in (there.st_mtime, there.st_ctime)):
                found.append(name)
                if len(found) == _TOLD:
                    break
    return tuple(found)
