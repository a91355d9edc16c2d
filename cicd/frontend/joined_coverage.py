"""The covered lines of several shares of the same tests together, from lcov reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def unite_lcov(reports: Iterable[Path]) -> float | None:
    """The share of covered lines in percent, cut to two digits as the runners do.

    None when nothing was measured. Raises `ValueError` for a report that cannot be read.
    """
    files: dict[str, dict[str, bool]] = {}
    for report in reports:
        for name, lines in _read(report).items():
            _unite(files, name, lines)
    known = [hit for lines in files.values() for hit in lines.values()]
    return (10000 * sum(known) // len(known)) / 100 if known else None


def _unite(files: dict[str, dict[str, bool]], name: str, lines: dict[str, bool]) -> None:
    """Of a file that nothing has loaded, the runners only guess which lines can be covered."""
    before = files.get(name, {})
    if any(before.values()) == any(lines.values()):
        files[name] = {n: before.get(n, False) or hit for n, hit in {**before, **lines}.items()}
    elif any(lines.values()) or not before:
        files[name] = lines


def _read(report: Path) -> dict[str, dict[str, bool]]:
    """Of each file the lines that can be covered, and whether they were."""
    files: dict[str, dict[str, bool]] = {}
    lines: dict[str, bool] = {}
    try:
        for text in report.read_text(encoding="utf-8").splitlines():
            kind, _, value = text.partition(":")
            if kind == "SF":
                lines = files.setdefault(value, {})
            elif kind == "DA":
                number, hits = value.split(",")[:2]
                lines[number] = int(hits) > 0
    except (OSError, ValueError) as error:
        raise ValueError(f"{report.name} cannot be joined: {error}") from error
    return files
