"""What git ignores and tools read all the same: generated sources, settings of one's own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cicd.config.files import files_of, folder_of, join, parent, upward
from cicd.config.parts import Backend
from cicd.config.skipped import is_never
from cicd.system.file_ids import Unreadable

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
_MOST = 50_000
"""So many names are looked at in a folder that git ignores as a whole: it may hold pictures."""


def ignored_sources(
    snapshot: Snapshot, part: Part | None, inputs: frozenset[str], settings: frozenset[str]
) -> list[str]:
    """Sources and settings beside the inputs of a part that git ignores: type checkers,
    linters and test runners look into folders and do not ask git. Above the part only settings
    count; without a part all of them do. Raises `Unreadable` for a folder of too many files."""
    ends = _PYTHON + _WEB if part is None else _PYTHON if isinstance(part, Backend) else _WEB
    files, own = files_of(snapshot.tree), "" if part is None else folder_of(part.path)
    above = {*upward(parent(own))} if own else set()
    found: set[str] = set()
    for name in snapshot.contents.ignored:
        folder = _listed_above(files, name)
        if part is not None and inputs.isdisjoint(files.inside(folder) or files.below(folder)):
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
    """What may be one: an ignored file, or what is in an ignored folder, or in one that an
    ignored link leads to: git lists such a link as a file."""
    whole = name.endswith("/") or os.path.isdir(f"{snapshot.root}/{name}")
    between = name[len(folder) :].strip("/").split("/")
    if any(map(_is_left_out, between if whole else between[:-1])):
        return ()
    if not whole:
        return () if _PASSING in name else (name,)
    inner = name.rstrip("/")
    found = snapshot.once(("below", inner), lambda: _below(snapshot, inner))
    if found is None:
        raise Unreadable(f"git ignores {inner}, and there is more in it than is looked through")
    return found


def _below(snapshot: Snapshot, folder: str) -> list[str] | None:
    """The sources in there; None where there is too much to look for them."""
    found: list[str] = []
    seen = 0
    for where, names in _walk(os.path.join(snapshot.root, folder), folder):
        seen += len(names) + 1
        if seen > _MOST:
            return None
        found += (join(where, base) for base in names if base.endswith(_PYTHON + _WEB))
    return found


def _walk(
    top: str, name: str, around: frozenset[str] = frozenset()
) -> Iterator[tuple[str, list[str]]]:
    """Each folder with its files, also where links lead, but not back to where they lie."""
    real = os.path.realpath(top)
    if real in around:
        return
    for path, folders, names in os.walk(top):
        if "pyvenv.cfg" in names:
            folders.clear()
            continue
        folders[:] = [one for one in folders if not _is_left_out(one)]
        where = name + path[len(top) :].replace(os.sep, "/")
        yield where, names
        for one in folders:
            inner = os.path.join(path, one)
            if os.path.islink(inner):
                yield from _walk(inner, join(where, one), around | {real})


def _is_left_out(base: str) -> bool:
    return base in OUTPUTS or is_never(base) or base.endswith(".egg-info")
