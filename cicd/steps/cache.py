"""`nox -s cache`: what is kept, how large and how old it is; prunes and clears it."""

from __future__ import annotations

import argparse
import os
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from cicd.cache.mode import VARIABLE
from cicd.cache.prune import LOCAL, SHARED, Bounds, clear, prune
from cicd.cache.shelf import read_shelf
from cicd.errors import SettingsError
from cicd.output import render_size
from cicd.records.store import read_records
from cicd.steps.snapshot import current_snapshot
from cicd.steps.work import current_work
from cicd.system.console import show

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import nox

    from cicd.cache.shelf import Kept

_UNITS = {"": 1, "B": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3}
_TIMES = {"m": 60, "h": 3600, "d": 24 * 3600}


def tend_cache(session: nox.Session) -> None:
    """Shows what is kept; after `-- --prune` and `-- --clear` what was removed as well.

    Both concern the folder of this repository: what a team shares is bounded by itself.
    """
    work = current_work(session)
    asked = _read_arguments(work.arguments)
    store = current_snapshot().store
    if asked.clear:
        show(f"removed: {_count(clear(store.local))}\n")
    elif asked.prune or asked.older or asked.size:
        bounds = replace(
            LOCAL,
            age_s=_read_age(asked.older) if asked.older else LOCAL.age_s,
            size_bytes=_read_size(asked.size) if asked.size else LOCAL.size_bytes,
        )
        number, size = prune(store.local, bounds, time.time())
        show(f"removed: {_count(number)}, {render_size(size)}\n")
    reused = _count_reused(work.run.folder.parent)
    show("\n".join(_describe(store.local, LOCAL, reused)) + "\n")
    if store.shared:
        there = store.shared.is_dir()
        told = _describe(store.shared, SHARED, {}) if there else [f"{store.shared}: is not there"]
        show("\n".join(told) + "\n")
    if said := work.environ.get(VARIABLE):
        show(f"{VARIABLE} is {said}\n")


def _describe(home: Path, bounds: Bounds, reused: dict[str, str]) -> list[str]:
    if not home.is_dir():
        return [f"{home}: nothing is kept yet"]
    entries, blobs = read_shelf(home, time.time())
    size = sum(kept.size_bytes for kept in (*entries, *blobs.values()))
    limits = [f"{bounds.age_s // 86400:.0f} days", render_size(bounds.size_bytes)]
    if bounds.number:
        limits.insert(0, f"{bounds.number} a session")
    access = "" if os.access(home, os.W_OK) else "; only for reading here"
    total = f"{_count(len(entries))}, {render_size(size)} (at most {', '.join(limits)}){access}"
    names = sorted({kept.session for kept in entries})
    width = max(map(len, names), default=0)
    return [f"{home}: {total}"] + [
        f"  {name:<{width}}  {_row([kept for kept in entries if kept.session == name])}"
        f"{reused.get(name, '')}"
        for name in names
    ]


def _row(entries: Sequence[Kept]) -> str:
    ages = [kept.age_s for kept in entries]
    size = sum(kept.size_bytes for kept in entries)
    age = f"{_age(min(ages))} to {_age(max(ages))} old" if len(ages) > 1 else f"{_age(ages[0])} old"
    return f"{len(entries):>3}  {render_size(size):>8}  {age}"


def _count(number: int) -> str:
    return f"{number} verdict" if number == 1 else f"{number} verdicts"


def _age(age_s: float) -> str:
    if age_s == float("inf"):
        return "?"
    for unit, seconds in reversed(_TIMES.items()):
        if age_s >= seconds:
            return f"{age_s // seconds:.0f} {unit}"
    return f"{max(age_s, 0):.0f} s"


def _count_reused(runs: Path) -> dict[str, str]:
    """How often the last runs reused a verdict of each session."""
    counts: dict[str, list[bool]] = {}
    for run in runs.iterdir():
        for record in read_records(run / "records"):
            counts.setdefault(record.session, []).append(record.reused is not None)
    return {name: f", reused in {sum(each)} of {len(each)} runs" for name, each in counts.items()}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        fix = "nox -s cache [-- --prune [--older 7d] [--size 100MB] | -- --clear]"
        raise SettingsError(f"nox -s cache: {message}", fix=fix)


def _read_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = _Parser(prog="nox -s cache --", add_help=False, allow_abbrev=False)
    parser.add_argument("--prune", action="store_true")
    parser.add_argument("--clear", action="store_true")
    parser.add_argument("--older", default="")
    parser.add_argument("--size", default="")
    return parser.parse_args(list(arguments))


def _read_age(text: str) -> float:
    if found := re.fullmatch(r"(\d{1,6})([mhd])", text):
        return int(found[1]) * _TIMES[found[2]]
    raise SettingsError(f"--older {text}: not a time", fix="such as 30m, 12h or 7d")


def _read_size(text: str) -> int:
    if found := re.fullmatch(r"(\d{1,9})\s?([KMG]?B|)", text.upper()):
        return int(found[1]) * _UNITS[found[2]]
    raise SettingsError(f"--size {text}: not a size", fix="such as 500KB, 100MB or 1GB")
