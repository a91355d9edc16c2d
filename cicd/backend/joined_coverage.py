"""The coverage of several shares of the same tests together, from coverage's JSON reports."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(slots=True)
class _File:
    """What there is to cover in a file, and what no share has covered so far."""

    statements: int
    branches: int
    lines: set[int] = field(default_factory=set)
    arcs: set[tuple[int, int]] = field(default_factory=set)


def unite_coverage(reports: Iterable[Path]) -> float | None:
    """The percentage that `coverage combine` would come to; None when nothing was measured.

    A line, or a branch, is missing when it is missing in every share that knows its file.
    Raises `ValueError` for a report that cannot be read.
    """
    files: dict[str, _File] = {}
    for report in reports:
        try:
            measured = json.loads(report.read_text(encoding="utf-8"))["files"]
            for name, told in measured.items():
                _unite(files, name, told)
        except (OSError, KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
            raise ValueError(f"{report.name} cannot be joined: {error!r}") from error
    wanted = sum(file.statements + file.branches for file in files.values())
    missing = sum(len(file.lines) + len(file.arcs) for file in files.values())
    return 100.0 * (wanted - missing) / wanted if wanted else None


def _unite(files: dict[str, _File], name: str, told: dict[str, Any]) -> None:
    summary = told["summary"]
    branches = summary.get("num_branches", 0)
    lines = set(told["missing_lines"])
    # coverage names the branches from 6.5 on; without their names they cannot be joined.
    arcs = {(start, end) for start, end in told["missing_branches"]} if branches else set()
    known = files.get(name)
    if known is None:
        files[name] = _File(summary["num_statements"], branches, lines, arcs)
    else:
        known.lines &= lines
        known.arcs &= arcs
