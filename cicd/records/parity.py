"""Two runs compared: the first difference of each session, and whether a verdict hangs on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.records.differences import Difference, are_unlike_shares, find_differences
from cicd.records.variables import is_read_by_tools

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from cicd.records.record import Record


@dataclass(frozen=True, slots=True)
class Compared:
    """One session of two runs; `differences` come in order of importance."""

    session: str
    differences: tuple[Difference, ...]

    @property
    def decides(self) -> bool:
        return any(one.decides for one in self.differences)

    def render(self, *, every: bool = False) -> str:
        """One line: "backend_test: PostgreSQL 15.18 here, 15.12 there", and the verdicts
        where these differ as well."""
        if not self.differences:
            return f"{self.session}: equal"
        shown = [
            one
            for place, one in enumerate(self.differences)
            if every or place == 0 or one.is_verdict
        ]
        rest = len(self.differences) - len(shown)
        more = f" (and {rest} more)" if rest else ""
        equal = "" if self.decides else "equal in all that decides; "
        return f"{self.session}: {equal}{'; '.join(one.text for one in shown)}{more}"


def compare(
    here: Iterable[Record], there: Iterable[Record], read: Container[str] = frozenset()
) -> tuple[Compared, ...]:
    """Every session of one side or both. `read` are variables that the repository reads."""
    first, second = ({record.session: record for record in records} for records in (here, there))
    every = _Variables(read)
    return tuple(
        Compared(name, _differences(first.get(name), second.get(name), every))
        for name in dict.fromkeys((*first, *second))
    )


def differing_variables(here: Sequence[Record], there: Sequence[Record]) -> frozenset[str]:
    """Names that one side alone has, in some session."""
    others = {record.session: record for record in there}
    return frozenset(
        name
        for record in here
        if (other := others.get(record.session))
        and record.decided.environment
        and other.decided.environment
        for name in {*record.decided.environment} ^ {*other.decided.environment}
    )


def numbers_left_out(here: Sequence[Record], there: Sequence[Record]) -> tuple[str, ...]:
    """Sessions of which one side has a share of the tests that the other does not have."""
    others = {record.session: record for record in there}
    return tuple(
        record.session
        for record in here
        if (other := others.get(record.session)) and are_unlike_shares(record, other)
    )


def _differences(
    here: Record | None, there: Record | None, read: Container[str]
) -> tuple[Difference, ...]:
    if here is None or there is None:
        return (Difference("did not run here" if here is None else "did not run there"),)
    return find_differences(here, there, read)


@dataclass(frozen=True, slots=True)
class _Variables:
    """Those that are known to be read, and those that the repository itself reads."""

    theirs: Container[str]

    def __contains__(self, name: object) -> bool:
        return name in self.theirs or is_read_by_tools(str(name))
