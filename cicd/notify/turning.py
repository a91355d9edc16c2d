"""When people are told: by what they know of the branch, and what it is now."""

from __future__ import annotations

from dataclasses import dataclass

from cicd.model import Verdict


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a run among those of its branch. `queue` names what counts them; only
    numbers of one queue can be compared."""

    queue: str
    number: int
    attempt: int = 1

    def is_before(self, other: Place) -> bool:
        here, there = (self.number, self.attempt), (other.number, other.attempt)
        return bool(self.queue) and self.queue == other.queue and here < there


@dataclass(frozen=True, slots=True)
class Known:
    """What people know of a branch: what they were told last, or never had to be told.

    `verdict` is PASSED, FAILED, or None: nothing is known. `seen` is the latest run that was
    looked at, whether it was told or not.
    """

    verdict: Verdict | None = None
    seen: Place | None = None


def is_turn(known: Verdict | None, now: Verdict) -> bool:
    """Whether the branch is not any more what people take it for.

    A branch of which nothing is known counts as green. NOT VERIFIED is neither red nor green:
    it tells nothing and changes nothing.
    """
    if now is Verdict.NOT_VERIFIED:
        return False
    return (known or Verdict.PASSED) is not now
