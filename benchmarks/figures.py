"""Figures as tables: one line for each side."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.results import Comparison
from benchmarks.sides import Figures

COLUMNS = ("", "wall", "least to most", "CPU", "peak memory", "rounds", "to ours")


def lines(figures: Mapping[str, Figures], ours: str) -> list[list[str]]:
    """In the order of the sides; `ours` names the one that the others are compared with."""
    base = figures[ours].wall_s
    return [
        [
            title,
            seconds(found.wall_s),
            f"{seconds(found.spread[0])} to {seconds(found.spread[1])}",
            seconds(found.cpu_s),
            mebibytes(found.peak),
            str(len(found.samples)),
            f"{found.wall_s / base:.2f}",
        ]
        for title, found in figures.items()
    ]


def compare(
    what: str, figures: Mapping[str, Figures], ours: str, beside: str, reach: float | None
) -> Comparison:
    one, other = figures[ours].wall_s, figures[beside].wall_s
    return Comparison(
        what=what,
        ours=seconds(one),
        beside=f"{beside}: {seconds(other)}",
        ratio=one / other,
        reach=reach,
    )


def compare_memory(
    what: str, figures: Mapping[str, Figures], ours: str, beside: str, reach: float
) -> Comparison | None:
    one, other = figures[ours].peak, figures[beside].peak
    if not one or not other:
        return None
    said = f"{beside}: {mebibytes(other)}"
    return Comparison(what=what, ours=mebibytes(one), beside=said, ratio=one / other, reach=reach)


def seconds(value: float) -> str:
    return f"{value:.1f} s" if value >= 10 else f"{value:.2f} s"


def mebibytes(value: int) -> str:
    return f"{value / (1 << 20):.0f} MiB" if value else "–"
