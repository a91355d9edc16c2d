"""What to show of a long output: few lines, and among them the one that says what is wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_LINES = 8
_SHOWN = 3
"""What a terminal shows of a detail."""
_TELLING = re.compile(
    r"\s*(?:(?:[\w.]*Error|[\w.]*Exception|ERROR|error|fatal|E): )\S|npm (?:error|ERR!)"
    r"|.*:\d.*\b(?:fatal )?error\b.*: "
)
_EMPTY_WORDS = re.compile(r".*(?:subprocess-exited-with-error|metadata-generation-failed)")


def find_telling(lines: Sequence[str]) -> list[str]:
    """The last error that a program printed, with what follows; without one, its last lines."""
    kept = [line.rstrip() for line in lines if line.strip()]
    telling = [bool(_TELLING.match(line)) and not _EMPTY_WORDS.match(line) for line in kept]
    if True not in telling:
        return kept[-_SHOWN:]
    first = len(kept) - 1 - telling[::-1].index(True)
    while first and telling[first - 1]:
        first -= 1
    return kept[first : first + _LINES]
