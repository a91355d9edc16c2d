"""What git ignores and tools read all the same: generated sources, settings of one's own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cicd.config.files import files_of, folder_of, join, parent, upward
from cicd.config.parts import Backend
from cicd.config.skipped import is_never

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cicd.config.files import Files
    from cicd.config.parts import Part
    from cicd.steps.snapshot import Snapshot

_PYTHON = (".py", ".pyi")
_WEB = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte")
OUTPUTS = frozenset(
    "dist build out target coverage htmlcov storybook-static reports playwright-report "
    "test-results __pycache__".split()
)
"""What runs write there, they write anew."""
_PASSING = ".timestamp-"
"""Vite writes its settings aside while it reads them."""
_MOST = 5_000
"""So many files are looked at in a folder that git ignores as a whole: it may hold pictures."""


def ignored_sources(
    snapshot: Snapshot, part: Part, inputs: frozenset[str], settings: frozenset[str]
) -> list[str]:
    """Sources and settings beside the inputs of a part that git ignores: type checkers,
    linters and test runners look into folders and do not ask git. Above the part only settings
    count."""
    ends = _PYTHON if isinstance(part, Backend) else _WEB
    files, own = files_of(snapshot.tree), folder_of(part.path)
    above = {*upward(parent(own))} if own else set()
    found: set[str] = set()
    for name in snapshot.contents.ignored:
        folder = _listed_above(files, name)
        if inputs.isdisjoint(files.inside(folder)):
            continue
        if parent(name) == folder and name.rpartition("/")[2] in settings:
            found.add(name)
        elif folder not in above:
            found.update(one for one in _sources(snapshot, folder, name) if one.endswith(ends))
    return sorted(found)


def _listed_above(files: Files, name: str) -> str:
    """The nearest folder in which git lists something, in whatever depth."""
    return next(
        folder for folder in upward(parent(name.rstrip("/"))) if not folder or files.holds(folder)
    )


def _sources(snapshot: Snapshot, folder: str, name: str) -> Iterable[str]:
    """What may be one: an ignored file, or what is in an ignored folder."""
    between = name[len(folder) :].strip("/").split("/")
    if any(map(_is_left_out, between if name.endswith("/") else between[:-1])):
        return ()
    if name.endswith("/"):
        return snapshot.once(("below", name), lambda: [*_below(snapshot, name.rstrip("/"))])
    return () if _PASSING in name else (name,)


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
    return base in OUTPUTS or is_never(base) or base.endswith(".egg-info")
