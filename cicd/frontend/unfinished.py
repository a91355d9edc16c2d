"""Which test files had not ended when the time limit came."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from cicd.output import plain

if TYPE_CHECKING:
    from pathlib import Path

_TEST_FILE = re.compile(r"\.(test|spec)\.[cm]?[jt]sx?$")
_SCRIPT = re.compile(r"\.[cm]?[jt]sx?$")
_ENDED = re.compile(r"^\s*(?:PASS|FAIL|✓|❯|×|✔)\s+(?:\|[^|]+\|\s+)?(\S+\.[cm]?[jt]sx?)\b", re.M)
_SKIPPED = {"node_modules", "dist", "build", "coverage"}


def find_unfinished(folder: Path, output: str) -> tuple[str, ...]:
    """The test files of the folder that the runner never reported, in no known order.

    Neither runner says what it is about to run unless a terminal watches; jest and vitest
    both name a file when it ends.
    """
    ended = {path.replace("\\", "/") for path in _ENDED.findall(plain(output))}
    return tuple(file for file in _list_tests(folder) if file not in ended)


def _list_tests(folder: Path) -> list[str]:
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if one not in _SKIPPED and one[0] != ".")
        inside = os.path.basename(parent) == "__tests__"
        for name in sorted(names):
            if _TEST_FILE.search(name) or (inside and _SCRIPT.search(name)):
                found.append(os.path.relpath(os.path.join(parent, name), folder))
    return [file.replace(os.sep, "/") for file in found]
