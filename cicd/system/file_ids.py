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
MADE = frozenset(
    ".git .cicd .nox .tox .venv venv node_modules __pycache__ .pytest_cache .mypy_cache "
    ".ruff_cache".split()
)
"""Folders that runs and installations write: nothing in them is read."""
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
    """One name for everything in a folder and what links in there lead to, or for a file; ""
    where there is none. What runs write themselves is left out below the folder, and so are the
    names of `leave` and the folders that `prune` says. Raises `Unreadable`, also where there is
    too much."""
    if not os.path.isdir(path):
        return read_id(path, kind)
    lines, size = [], 0
    for line, more in _lines_below(path, kind, leave, prune):
        lines.append(line)
        size += more
        if len(lines) > _MOST_FILES or size > _MOST_BYTES:
            raise Unreadable("there is more in it than is read")
    text = "".join(lines).encode(errors="surrogateescape")
    return f"040000 {hashlib.sha256(text).hexdigest()} {size}"


def _lines_below(
    path: str, kind: str, leave: frozenset[str], prune: Callable[[str], bool]
) -> Iterator[tuple[str, int]]:
    """Each name with its id, and the size. Where a link leads is read once, and has a number:
    a path would be another one on each machine."""
    places, numbers = [path], {os.path.realpath(path): 0}
    for number, place in enumerate(places):  # they become more meanwhile
        for name in _walk(place, prune):
            if number == 0 and name in leave:
                continue
            inner = os.path.join(place, name) if name else place
            id, leads_to = read_id(inner, kind), ""
            if id.startswith(LINK) and os.path.basename(name) not in MADE:
                target = os.path.realpath(inner)
                if target not in numbers:
                    numbers[target] = len(places)
                    places.append(target)
                leads_to = str(numbers[target])
            yield f"{number}\0{name}\0{id}\0{leads_to}\n", int(id.rpartition(" ")[2] or 0)


def _walk(path: str, prune: Callable[[str], bool]) -> Iterator[str]:
    """Names below a folder, in the same order everywhere; a link to a folder is one of them.
    "" for what is no folder."""

    def refuse(error: OSError) -> None:
        raise Unreadable(str(error.strerror or error))

    if not os.path.isdir(path):
        yield ""
        return
    for folder, folders, names in os.walk(path, onerror=refuse):
        links = [one for one in folders if os.path.islink(os.path.join(folder, one))]
        folders[:] = sorted(
            one for one in folders if one not in MADE and not prune(os.path.join(folder, one))
        )
        for name in sorted((*names, *links)):
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
