"""A name for what a file, a link or a folder holds, read from the disk."""

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_AT_ONCE = 1 << 20
_MOST_FILES = 5_000
_MOST_BYTES = 1 << 28
"""Of what nobody lists so much is read, and not more: a link may lead to `/`."""
_MADE = frozenset(
    ".git .cicd .nox .tox .venv venv node_modules __pycache__ .pytest_cache .mypy_cache "
    ".ruff_cache".split()
)
"""Folders that runs and installations write."""
LINK = "120000 "
"""How the names of symbolic links begin."""


class Unreadable(Exception):
    """There is something, and what it holds cannot be told; the message says why."""


def read_id(path: str, kind: str) -> str:
    """Mode, id and size, as git would name it; "" where there is nothing any more.

    https://git-scm.com/book/en/v2/Git-Internals-Git-Objects. Raises `Unreadable`.
    """
    try:
        there = os.lstat(path)
        if stat.S_ISLNK(there.st_mode):
            target = os.fsencode(os.readlink(path))
            return f"{LINK}{_named(len(target), kind, (target,))} {len(target)}"
        if stat.S_ISDIR(there.st_mode):
            return ""  # what lies in it stands for itself
        if not stat.S_ISREG(there.st_mode):
            raise Unreadable("it is no file")
        mode = "100755" if there.st_mode & 0o100 else "100644"
        return f"{mode} {_named(there.st_size, kind, _read(path))} {there.st_size}"
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        raise Unreadable(str(error.strerror or error)) from error


def read_all_below(
    path: str,
    kind: str,
    leave: frozenset[str] = frozenset(),
    prune: Callable[[str], bool] = lambda folder: False,
) -> str:
    """One name for everything in a folder, or for a file; "" where there is none. What runs
    write themselves is left out, and so are the names of `leave` and the folders that `prune`
    says. Raises `Unreadable`, also where there is too much."""
    if not os.path.isdir(path):
        return read_id(path, kind)
    lines, size = [], 0
    for name in _walk(path, prune):
        if name in leave:
            continue
        id = read_id(os.path.join(path, name), kind)
        lines.append(f"{name}\0{id}\n")
        size += int(id.rpartition(" ")[2] or 0)
        if len(lines) > _MOST_FILES or size > _MOST_BYTES:
            raise Unreadable("there is more in it than is read")
    text = "".join(sorted(lines)).encode(errors="surrogateescape")
    return f"040000 {hashlib.sha256(text).hexdigest()} {size}"


def _walk(path: str, prune: Callable[[str], bool]) -> Iterator[str]:
    """Names below a folder; a link to a folder is one of them."""

    def refuse(error: OSError) -> None:
        raise Unreadable(str(error.strerror or error))

    for folder, folders, names in os.walk(path, onerror=refuse):
        links = [one for one in folders if os.path.islink(os.path.join(folder, one))]
        folders[:] = [
            one for one in folders if one not in _MADE and not prune(os.path.join(folder, one))
        ]
        for name in (*names, *links):
            yield os.path.relpath(os.path.join(folder, name), path)


def _read(path: str) -> Iterator[bytes]:
    with open(path, "rb", buffering=0) as file:
        while piece := file.read(_AT_ONCE):
            yield piece


def _named(size: int, kind: str, pieces: Iterator[bytes] | tuple[bytes, ...]) -> str:
    digest, read = hashlib.new(kind, b"blob %d\0" % size, usedforsecurity=False), 0
    for piece in pieces:
        digest.update(piece)
        read += len(piece)
    if read != size:
        raise Unreadable("it is being written")
    return digest.hexdigest()
