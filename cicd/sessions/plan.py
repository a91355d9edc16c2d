"""How many sessions run at the same time, and in which order: as long as that is worth it."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

_CHILD_S = 0.28
"""What a child process costs before its session begins: Python, nox, the noxfile, the key."""
_WORTH = 0.95
"""Less than a twentieth of the time is not worth two outputs at once."""


def jobs_that_pay(durations_s: Sequence[float], cores: int) -> int:
    """As few as bring the end nearest. 1: one after the other, in one process.

    Measured: six short sessions take 0.15 s one after the other and 0.83 s in child
    processes, two sessions of 5 s take 10.3 s and 6.0 s.
    """
    jobs, best_s = 1, sum(durations_s)
    for more in range(2, min(cores, len(durations_s)) + 1):
        # `ci` itself is a child as well, the last one.
        span_s = _span_s([each + _CHILD_S for each in durations_s], more) + _CHILD_S
        if span_s < best_s * _WORTH:
            jobs, best_s = more, span_s
    return jobs


def jobs_unmeasured(parts: int, sessions: int, cores: int) -> int:
    """Without knowing how long anything takes: parts at the same time, as far as there are
    cores. Sessions of one part share an environment, and begin by waiting for it."""
    return min(parts, sessions, cores)


def installing_first(
    names: Sequence[str], parts: Mapping[str, str], slow: Container[str]
) -> list[str]:
    """Without knowing how long anything takes: the first session of a part installs what all
    of its sessions use. Whoever came second would wait for that, and keep others from running.

    `parts` tells by session which part it is of. One of the `slow` parts, which install for
    long, begins; the others come when the quick ones have begun, since they may share what it
    installs. What is of no part comes last.
    """
    begins = next((name for name in names if parts.get(name) in slow), "")
    first = {parts[name]: name for name in reversed(names) if name in parts}

    def rank(name: str) -> int:
        if name == begins:
            return 0
        part = parts.get(name)
        if part is None:
            return 4
        return 3 if part in slow else 1 if first[part] == name else 2

    return sorted(names, key=rank)


def longest_first(names: Iterable[str], durations_s: Mapping[str, float]) -> list[str]:
    """Whoever starts last should not be who takes longest. What never ran may be long."""
    return sorted(names, key=lambda name: -durations_s.get(name, float("inf")))


def share_cores(durations_s: Mapping[str, float], jobs: int, cores: int) -> dict[str, int]:
    """How many cores each session may keep busy, by how long it takes beside those that take
    longest: they run at the same time, and the short ones are soon gone."""
    beside_s = sum(sorted(durations_s.values(), reverse=True)[:jobs])
    return {
        name: min(cores, max(1, round(cores * each / beside_s)))
        for name, each in durations_s.items()
    }


def _span_s(durations_s: Sequence[float], jobs: int) -> float:
    """When the last one ends: whoever is free takes the longest that is left."""
    free_at = [0.0] * jobs
    for each in sorted(durations_s, reverse=True):
        heapq.heapreplace(free_at, free_at[0] + each)
    return max(free_at)
