"""Tests that run and do not decide before a day: which they are, and which day it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cicd.config.parts import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine:
    """`until` has the day of each entry, from which on it decides. An entry names a test as its
    runner is told to run it, or a parametrized one without its parameters."""

    until: Mapping[str, date] = field(default_factory=dict)
    today: date = date.max

    def entry_of(self, test: str) -> str:
        """The entry that this test falls under; empty for none."""
        plain = test.partition("[")[0]
        return next((entry for entry in (test, plain) if entry in self.until), "")

    def holds(self, entry: str) -> bool:
        return entry in self.until and self.today < self.until[entry]

    def unknown(self, tests: Iterable[str]) -> tuple[str, ...]:
        """The entries that none of these tests falls under."""
        seen = set(map(self.entry_of, tests))
        return tuple(entry for entry in self.until if entry not in seen)


def quarantine_day() -> date:
    """In UTC: a test decides again at the same moment for everybody."""
    return datetime.now(UTC).date()


def read_quarantine(part: Part, today: date) -> Quarantine:
    """That of a part whose fields were checked. A name from the root on, as our summaries have
    it, is the same test as one from the part's folder on."""
    days = part.quarantine.items()
    prefix = "" if part.path == "." else f"{part.path.rstrip('/')}/"
    until = {name.removeprefix(prefix): date.fromisoformat(day) for name, day in days}
    return Quarantine(until=until, today=today)


def nearest(entry: str, tests: Iterable[str]) -> str:
    """The test that was probably meant; empty when none is near."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(entry, list(tests), n=1, cutoff=0.6)), "")
