"""What the sources of a frontend import from beside it, by a relative path."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from cicd.config.files import join, parent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cicd.config.files import Files

_SOURCES = re.compile(r"\.(?:[cm]?[jt]sx?|vue|svelte|astro|mdx|css|scss|sass|less)$")
_PATH = re.compile(r"""["'`(](?:\./)?((?:\.\./)+[\w@./-]+)""")


def imported_beside(files: Files, folder: str, names: Iterable[str]) -> frozenset[str]:
    """The files that the sources among these names import from outside of the folder, with all
    that lies beside them and what that imports: a type checker follows. Declared nowhere else,
    unlike a workspace's packages."""
    found: set[str] = set()
    waiting = [*names]
    while waiting:
        new = {each for name in waiting for each in _imports(files, folder, name)} - found
        found |= new
        waiting = [*new]
    return frozenset(found)


def _imports(files: Files, folder: str, name: str) -> Iterator[str]:
    if not _SOURCES.search(name):
        return
    where = parent(name)
    inside = where == folder or where.startswith(join(folder, ""))
    depth = where.count("/") + bool(where) - folder.count("/") - bool(folder) if inside else 0
    text = files.text(name)
    if "../" * (depth + 1) not in text:
        return
    for path in _PATH.findall(text):
        target = posixpath.normpath(join(where, path))
        if not target.startswith("..") and not (target + "/").startswith(join(folder, "")):
            yield from _meant(files, target)


def _meant(files: Files, target: str) -> Iterator[str]:
    """A folder, or a file whose ending may be left out, with what lies beside it."""
    if below := files.below(target):
        yield from below
        return
    beside = files.inside(parent(target))
    if any(name == target or name.startswith(f"{target}.") for name in beside):
        yield from files.below(parent(target)) if parent(target) else beside
