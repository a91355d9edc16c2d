"""What git ignores and tools read all the same: generated sources, settings of one's own."""

from __future__ import annotations

import os
from bisect import bisect_left
from functools import partial
from typing import TYPE_CHECKING

from cicd.config.files import files_of, folder_of, join, parent, upward
from cicd.config.parts import Backend
from cicd.config.skipped import is_never

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cicd.config.parts import Part
    from cicd.steps.snapshot import Snapshot

_PYTHON = (".py", ".pyi")
_WEB = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte")
_OUTPUTS = frozenset(
    "dist build out target coverage htmlcov storybook-static reports playwright-report "
    "test-results __pycache__".split()
)
"""What runs write there, they write anew."""
_PASSING = ".timestamp-"
"""Vite writes its settings aside while it reads them."""
_MOST = 5_000
"""So many files are looked at in a folder that git ignores as a whole: it may hold pictures."""


def ignored_sources(
    snapshot: Snapshot, part: Part, inputs: Iterable[str], settings: frozenset[str]
) -> list[str]:
    """Sources and settings beside the inputs of a part that git does not list: type checkers,
    linters and test runners look into folders and do not ask git. Above the part only settings
    count."""
    ends = _PYTHON if isinstance(part, Backend) else _WEB
    own = folder_of(part.path)
    above = {*upward(parent(own))} if own else set()
    found: set[str] = set()
    for folder in {parent(name) for name in inputs}:
        names, folders = snapshot.once(("unlisted", folder), partial(_unlisted, snapshot, folder))
        found.update(name for name in names if name.rpartition("/")[2] in settings)
        if folder not in above:
            found.update(name for name in names if name.endswith(ends) and _PASSING not in name)
            for inner in folders:
                found.update(name for name in _below(snapshot, inner) if name.endswith(ends))
    return sorted(found)


def _unlisted(snapshot: Snapshot, folder: str) -> tuple[list[str], list[str]]:
    """The files, and the folders with what may be sources, that git does not list there."""
    try:
        there = os.listdir(os.path.join(snapshot.root, folder))
    except OSError:
        return [], []
    listed = snapshot.contents.ids
    unlisted = [name for base in there if (name := join(folder, base)) not in listed]
    folders = [name for name in unlisted if _is_ignored_folder(snapshot, name)]
    return unlisted, folders


def _is_ignored_folder(snapshot: Snapshot, name: str) -> bool:
    base = name.rpartition("/")[2]
    if _is_left_out(base):
        return False
    names = files_of(snapshot.tree).names
    first = bisect_left(names, f"{name}/")
    if first < len(names) and names[first].startswith(f"{name}/"):
        return False
    path = os.path.join(snapshot.root, name)
    return os.path.isdir(path) and not os.path.islink(path)


def _below(snapshot: Snapshot, folder: str) -> Iterator[str]:
    seen = 0
    for path, folders, names in os.walk(os.path.join(snapshot.root, folder)):
        if "pyvenv.cfg" in names:
            folders.clear()
            continue
        folders[:] = sorted(one for one in folders if not _is_left_out(one))
        where = os.path.relpath(path, snapshot.root).replace(os.sep, "/")
        yield from (join(where, base) for base in sorted(names))
        seen += len(names)
        if seen > _MOST:
            return


def _is_left_out(base: str) -> bool:
    return base in _OUTPUTS or is_never(base) or base.endswith(".egg-info")
