"""How much a build wrote."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_OUTPUTS = ("dist", "build", "out", ".next", ".output", "public/build", "storybook-static")
_SLACK_S = 2.0
"""Some file systems keep times in steps of two seconds."""


def measure_build(folder: Path, *, since: float) -> int:
    """The bytes of the output folders that were written to since that time; 0 without."""
    return sum(
        sum(status.st_size for status in files)
        for files in (list(_walk(folder / name)) for name in _OUTPUTS)
        if any(status.st_mtime >= since - _SLACK_S for status in files)
    )


def _walk(folder: Path) -> Iterator[os.stat_result]:
    for parent, folders, files in os.walk(folder):
        # Next's cache lies among its output and is none.
        folders[:] = [name for name in folders if name not in ("cache", "node_modules")]
        for name in files:
            yield os.stat(os.path.join(parent, name), follow_symlinks=False)
