"""Keeps a folder of kept verdicts small: in number, in age and in size."""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cicd.cache.blobs import FOLDER as BLOBS
from cicd.cache.files import ASIDE, age_s, remove_file, sweep_aside
from cicd.cache.shelf import Kept, read_shelf
from cicd.cache.store import ENTRIES, Store

_DAY_S = 24 * 3600
_MB = 1000 * 1000
_MARK = "pruned"
_GRACE_S = 300
"""What is apart is written before the entry that names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """`number` is that of one session; None is for a folder that repositories share, whose
    sessions may have the same names. `every_s` is how often somebody looks."""

    number: int | None
    age_s: float
    size_bytes: int
    every_s: int = 3600


LOCAL = Bounds(number=30, age_s=30 * _DAY_S, size_bytes=200 * _MB)
SHARED = Bounds(number=None, age_s=30 * _DAY_S, size_bytes=1000 * _MB, every_s=_DAY_S)


def tidy(store: Store, since: float) -> None:
    """Prunes each home where nobody has for a while. What was kept `since` then (seconds since
    the epoch) is of the running run, and stays. What cannot be removed stays as well."""
    for home in store.homes:
        now, bounds = time.time(), LOCAL if home == store.local else SHARED
        if _is_due(home / _MARK, now, bounds.every_s):
            prune(home, bounds, now, spared_s=now - since)


def prune(home: Path, bounds: Bounds, now: float, *, spared_s: float = 0) -> tuple[int, int]:
    """Removes what is over the bounds, the oldest first; returns how many entries that were and
    their size with what they kept apart. Entries younger than `spared_s` stay.

    A file of a time to come counts as the oldest: how old it is, nobody knows.
    """
    sweep_aside(home)
    entries, blobs = read_shelf(home, now)
    entries.sort(key=lambda kept: kept.age_s)
    gone = [kept for kept in _beyond(entries, blobs, bounds) if kept.age_s > spared_s]
    removed = [kept for kept in gone if remove_file(kept.path)]
    names = {kept.path for kept in removed}
    used = {blob for kept in entries if kept.path not in names for blob in kept.blobs}
    unused = [kept for name, kept in blobs.items() if name not in used]
    freed = [kept for kept in unused if kept.age_s > _GRACE_S and remove_file(kept.path)]
    return len(removed), sum(kept.size_bytes for kept in (*removed, *freed))


def clear(home: Path) -> int:
    """Removes all that was kept; returns how many entries that were."""
    number = len(read_shelf(home, time.time())[0])
    for name in (ENTRIES, BLOBS, ASIDE):
        shutil.rmtree(home / name, ignore_errors=True)
    remove_file(home / _MARK)
    return number


def _beyond(entries: Iterable[Kept], blobs: dict[str, Kept], bounds: Bounds) -> list[Kept]:
    """Those for which there is no room, given the youngest first."""
    number: Counter[str] = Counter()
    counted: set[str] = set()
    size, beyond = 0, []
    for kept in entries:
        number[kept.session] += 1
        new = [blobs[name] for name in kept.blobs if name in blobs and name not in counted]
        needs = kept.size_bytes + sum(blob.size_bytes for blob in new)
        many = bounds.number is not None and number[kept.session] > bounds.number
        if many or kept.age_s > bounds.age_s or size + needs > bounds.size_bytes:
            beyond.append(kept)
            continue
        size += needs
        counted.update(kept.blobs)
    return beyond


def _is_due(mark: Path, now: float, every_s: int) -> bool:
    """Says so to the first who asks; never in a folder that is only for reading."""
    try:
        with suppress(FileNotFoundError):
            if age_s(mark.stat().st_mtime, now) < every_s:
                return False
        mark.touch()
        os.utime(mark)
    except OSError:
        return False
    return True
