"""What lies in a folder of kept verdicts: the entries of each session, and what they keep apart."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from cicd.cache.blobs import FOLDER as BLOBS
from cicd.cache.entry import HEAD_BYTES, parse_blobs
from cicd.cache.files import age_s
from cicd.cache.store import ENTRIES


@dataclass(frozen=True, slots=True)
class Kept:
    """One file: `age_s` since it was kept, endless for one of a time to come. `blobs` are what
    an entry keeps apart."""

    path: Path
    session: str
    size_bytes: int
    age_s: float
    blobs: tuple[str, ...] = ()


def read_shelf(home: Path, now: float) -> tuple[list[Kept], dict[str, Kept]]:
    """The entries, and by its name what is apart. Reads no more than the head of an entry."""
    entries = [
        kept for folder in _folders(home / ENTRIES) for kept in _files(folder, now, heads=True)
    ]
    return entries, {kept.path.name: kept for kept in _files(home / BLOBS, now)}


def _folders(home: Path) -> list[Path]:
    with contextlib.suppress(OSError), os.scandir(home) as found:
        return sorted(Path(one.path) for one in found if one.is_dir())
    return []


def _files(folder: Path, now: float, *, heads: bool = False) -> Iterator[Kept]:
    try:
        with os.scandir(folder) as found:
            names = list(found)
    except OSError:
        return
    for one in names:
        # Between the listing and now another process may have removed it.
        with contextlib.suppress(OSError):
            if one.is_dir(follow_symlinks=False):
                continue
            there = one.stat(follow_symlinks=False)
            blobs = _read_blobs(one.path) if heads and S_ISREG(there.st_mode) else ()
            age = age_s(there.st_mtime, now)
            yield Kept(Path(one.path), folder.name, there.st_size, age, blobs)


def _read_blobs(path: str) -> tuple[str, ...]:
    with open(path, "rb") as file:
        return parse_blobs(file.read(HEAD_BYTES))
