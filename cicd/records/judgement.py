"""One verdict from the records of the sessions that `ci` requires."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cicd.records.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a run comes to. `red` and `unverified` hold session names."""

    red: tuple[str, ...]
    unverified: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        if self.red:
            return Verdict.FAILED
        return Verdict.NOT_VERIFIED if self.unverified else Verdict.PASSED


def judge(records: Iterable[Record], required: Iterable[str] = ()) -> Judgement:
    """Judges by what was recorded: a required session without a finished record is red."""
    by_session = {record.session: record for record in records}
    names = dict.fromkeys((*by_session, *required))
    verdicts = {name: _verdict(by_session.get(name)) for name in names}
    return Judgement(
        red=tuple(name for name in names if verdicts[name] is Verdict.FAILED),
        unverified=tuple(name for name in names if verdicts[name] is Verdict.NOT_VERIFIED),
    )


def _verdict(record: Record | None) -> Verdict:
    """No record, or one that was never finished, is a failure: nothing was shown."""
    return Verdict.FAILED if record is None or record.verdict is None else record.verdict
