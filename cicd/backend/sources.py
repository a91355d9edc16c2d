"""Which Python files belong to a part, and how to name them to a tool in few words."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cicd.tree import Tree

_NEVER_SCANNED = frozenset(
    "__pycache__ __pypackages__ _build buck-out build dist node_modules site-packages venv".split()
)
"""Folders that the tools skip by themselves, beside those whose name begins with a dot."""


def python_files(
    tree: Tree, part_path: str, avoid: Iterable[str] = ()
) -> tuple[PurePosixPath, ...]:
    """The part's `.py` files that are there, relative to its folder, without those below
    the folders `avoid` (other parts) and below those that no tool looks into."""
    folder = PurePosixPath(part_path)
    others = [PurePosixPath(path) for path in avoid if PurePosixPath(path) != folder]
    inside = [other for other in others if other.is_relative_to(folder)]
    return tuple(
        file.relative_to(folder)
        for file in tree.below(folder)
        if file.suffix == ".py"
        and not any(file.is_relative_to(other) for other in inside)
        and not _skipped(file.relative_to(folder))
        and _is_there(tree, file)
    )


def _skipped(file: PurePosixPath) -> bool:
    return any(name in _NEVER_SCANNED or name.startswith(".") for name in file.parts[:-1])


def _is_there(tree: Tree, file: PurePosixPath) -> bool:
    """A deleted file is still listed by git, and some tools do not follow links."""
    path = tree.root / file
    return path.is_file() and not path.is_symlink()


def cover(files: Iterable[PurePosixPath], avoid: Iterable[PurePosixPath]) -> tuple[str, ...]:
    """The fewest folders and files that hold `files` and nothing below a folder of `avoid`.

    The part's folder itself is never among them: there lie environments and caches.
    """
    avoided = tuple(avoid)
    chosen: dict[str, None] = {}
    for file in files:
        parents = [p for p in reversed(file.parents) if p != PurePosixPath(".")]
        free = (p for p in parents if not any(a.is_relative_to(p) for a in avoided))
        chosen[str(next(free, file))] = None
    return tuple(sorted(chosen))


def avoided_inside(part_path: str, avoid: Iterable[str]) -> tuple[PurePosixPath, ...]:
    """The folders of `avoid` that lie in the part's folder, relative to it."""
    folder = PurePosixPath(part_path)
    others = (PurePosixPath(path) for path in avoid)
    return tuple(o.relative_to(folder) for o in others if o != folder and o.is_relative_to(folder))
