"""Several ways to the same end, run in turns; a way that did not get there is an error."""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.measure import Sample, measure


class NotDone(Exception):
    """A side failed, or did not do what it is compared for. The message shows what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """`before` is not measured. What it says must match each of `expects`: an exit code of 0
    alone may be a side that found nothing to do. `most` bounds its rounds."""

    title: str
    command: Sequence[str]
    cwd: Path
    env: Mapping[str, str]
    before: Callable[[], None] = lambda: None
    expects: Sequence[str] = ()
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one side; `peak_bytes` in a round whose time does not count."""

    samples: list[Sample] = field(default_factory=list)
    peak_bytes: list[int] = field(default_factory=list)

    @property
    def wall_s(self) -> float:
        return statistics.median(sample.wall_s for sample in self.samples)

    @property
    def cpu_s(self) -> float:
        return statistics.median(sample.cpu_s for sample in self.samples)

    @property
    def spread(self) -> tuple[float, float]:
        walls = [sample.wall_s for sample in self.samples]
        return min(walls), max(walls)

    @property
    def peak(self) -> int:
        return max(self.peak_bytes, default=0)


def run_in_turns(
    sides: Sequence[Side], rounds: int, say: Callable[[str], None], *, memory: bool = True
) -> dict[str, Figures]:
    """Every round has all sides, the other way round each time; one more looks at memory.

    Raises `NotDone`.
    """
    figures = {side.title: Figures() for side in sides}
    for number, side in _turns(sides, rounds):
        sample = run_side(side)
        figures[side.title].samples.append(sample)
        say(f"  {number + 1}  {side.title:40} {sample.wall_s:8.2f} s")
    weighed = [side for side in sides if memory and side.most is None]
    for side in weighed:
        figures[side.title].peak_bytes.append(run_side(side, memory=True).peak_bytes)
    return figures


def run_side(side: Side, *, memory: bool = False) -> Sample:
    side.before()
    sample = measure(side.command, side.cwd, side.env, memory=memory)
    missing = [words for words in side.expects if not re.search(words, sample.output)]
    if sample.code != 0 or missing:
        why = f"ended with {sample.code}" if sample.code else f"did not say {missing[0]!r}"
        raise NotDone(f"{side.title} {why}:\n{sample.output[-4000:]}")
    return sample


def run_unjudged(side: Side) -> None:
    """Before anything is measured: what is installed, compiled and kept once is so then."""
    side.before()
    sample = measure(side.command, side.cwd, side.env)
    if sample.code != 0:
        raise NotDone(f"{side.title} ended with {sample.code}:\n{sample.output[-4000:]}")


def _turns(sides: Sequence[Side], rounds: int) -> Iterator[tuple[int, Side]]:
    for number in range(rounds):
        for side in sides if number % 2 == 0 else reversed(sides):
            if side.most is None or number < side.most:
                yield number, side
