"""What differs between a verdict that is kept and one that is asked for, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cicd.cache.elements import BY_HAND

_FILES = 10
_OTHERS = 10
_SHOWN = re.compile(
    r"(?:[A-Za-z]+ )?v?\d+(?:\.\d+)+[\w.+-]*|\d{4}-\d\d-\d\d|\d{1,6}|True|False|None"
)
"""Versions, days, numbers and switches. Of other values it is enough that they changed: they may be
nobody's business."""


def render_changes(
    before: Mapping[str, str],
    now: Mapping[str, str],
    files_before: Mapping[str, str],
    files_now: Mapping[str, str],
) -> str:
    """The files that changed, and then whatever else did. Values of variables are not told."""
    differ = list(_differ(before, now))
    inputs = [name for name in differ if is_about_files(name)]
    known = set(_differ(files_before, files_now) if inputs and files_before else ())
    parts = {name.partition(":")[0] for name in (*before, *now) if _has_part(name)}
    others = [
        _tell(name, before.get(name), now.get(name), several=len(parts) > 1)
        for name in differ
        if name not in inputs and name.partition("reads ")[2] not in known
    ]
    files = list(_changed_files(files_before, files_now)) if inputs and files_before else []
    if inputs and not files:
        files = ["its files changed, and which of them is no longer known"]
    return " · ".join((*_first(files, _FILES, "files"), *_first(others, _OTHERS, "reasons")))


def _differ(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    yield from (name for name in sorted({**before, **now}) if before.get(name) != now.get(name))


def is_about_files(name: str) -> bool:
    """Whether this element is the content of all inputs at once."""
    return name.rpartition(":")[2] == "inputs"


def count_changes(before: Mapping[str, str], now: Mapping[str, str]) -> int:
    return sum(1 for name in {**before, **now} if before.get(name) != now.get(name))


def _changed_files(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({**before, **now}):
        if name not in before:
            yield f"{_printable(name)} is new"
        elif name not in now:
            yield f"{_printable(name)} removed"
        elif before[name] != now[name]:
            yield f"{_printable(name)} changed"


def _tell(name: str, before: str | None, now: str | None, *, several: bool) -> str:
    kind, _, rest = name.partition(" ")
    if name == "arguments":
        return "other arguments after `--`"
    if kind == "requires":
        return f"what decides {_printable(rest)} changed"
    if kind == "variable":
        how = "is set" if before is None else "is not set" if now is None else "changed"
        return f"variable {_printable(rest)} {how}"
    label = _printable(name if several or not _has_part(name) else name.partition(":")[2])
    if name.endswith(BY_HAND):
        return _printable(f"{BY_HAND}: {now}" if now else f"no longer {BY_HAND}: {before}")
    if before is None or now is None:
        return f"{label} is {'new' if before is None else 'gone'}"
    if _SHOWN.fullmatch(before) and _SHOWN.fullmatch(now):
        return f"{label} {before} → {now}"
    return f"{label} changed"


def _has_part(name: str) -> bool:
    """ "backend:python" is of the part in that folder."""
    return ":" in name and not name.startswith(("variable ", "requires "))


def _first(found: list[str], number: int, what: str) -> list[str]:
    more = len(found) - number
    return [*found[:number], f"and {more} more {what}"] if more > 0 else found


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)
