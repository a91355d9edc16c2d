"""What one session did, as a value and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from cicd.errors import CicdError
from cicd.model import Failure, Outcome, Unsteady, Verdict
from cicd.records.decided import Decided, mask_decided, parse_decided
from cicd.records.field_types import check_types

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")
SCHEMA = 1
"""Goes up when a reader of the JSON would have to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A command that a session ran."""

    command: str
    return_code: int
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reused:
    """Where a verdict comes from that was not earned in this run. `earned_at` is ISO 8601 in
    UTC, `where` a machine or the address of a run, `key` names everything that decided it."""

    earned_at: str
    where: str
    run: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One session of one run. `verdict` is None while the session runs, or when it was killed.

    `started_at` is ISO 8601 in UTC. `reason` says in one line why the verdict is not
    "passed"; `outcome` has the numbers and the failures, `decided` what they hang on.
    """

    session: str
    run: str
    part: str
    verb: str
    started_at: str
    verdict: Verdict | None = None
    reason: str = ""
    duration_s: float = 0.0
    outcome: Outcome = field(default_factory=Outcome)
    commands: tuple[Ran, ...] = ()
    decided: Decided = field(default_factory=Decided)
    reused: Reused | None = None
    """None for a session that ran."""


def render_json(record: Record) -> str:
    return json.dumps({"schema": SCHEMA, **asdict(record)}, indent=2, ensure_ascii=False) + "\n"


def parse_json(text: str) -> Record:
    """The reverse of `render_json`. Raises `CicdError` for anything else."""
    try:
        values = json.loads(text)
        if (schema := values.pop("schema")) != SCHEMA:
            raise CicdError(f"the record has schema {schema}, this version reads {SCHEMA}")
        outcome = values.pop("outcome")
        for kind, found in ((Record, values), (Outcome, outcome)):
            check_types(kind, found)
        failures = tuple(_parse(Failure, failure) for failure in outcome.pop("failures"))
        unverified = tuple(outcome.pop("unverified"))
        unsteady = tuple(_parse(Unsteady, one) for one in outcome.pop("unsteady", ()))
        verdict = values.pop("verdict")
        commands = tuple(_parse(Ran, ran) for ran in values.pop("commands"))
        decided = parse_decided(values.pop("decided", {}))
        reused = values.pop("reused", None)
        return Record(
            outcome=Outcome(failures=failures, unverified=unverified, unsteady=unsteady, **outcome),
            verdict=None if verdict is None else Verdict(verdict),
            commands=commands,
            decided=decided,
            reused=None if reused is None else _parse(Reused, reused),
            **_known(values),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CicdError(f"not a record: {error}") from error


def _parse(kind: type[_T], values: dict[str, Any]) -> _T:
    check_types(kind, values)
    return kind(**values)


def _known(values: dict[str, Any]) -> dict[str, Any]:
    """A later version of the same schema may add fields."""
    names = {one.name for one in fields(Record)}
    return {name: value for name, value in values.items() if name in names}


def mask_texts(record: Record, mask: Callable[[str], str]) -> Record:
    """The record with whatever somebody wrote or printed masked.

    What programs read stays: of a password like "test", a mask over the JSON would hide
    `backend_test`, and the session would count as one that did not run.
    """
    outcome = record.outcome
    shown = replace(
        outcome,
        headline=mask(outcome.headline),
        failures=tuple(_mask_failure(failure, mask) for failure in outcome.failures),
        unverified=tuple(map(mask, outcome.unverified)),
        facts={name: mask(fact) for name, fact in outcome.facts.items()},
        unsteady=tuple(replace(one, test=mask(one.test)) for one in outcome.unsteady),
    )
    commands = tuple(replace(ran, command=mask(ran.command)) for ran in record.commands)
    return replace(
        record,
        reason=mask(record.reason),
        outcome=shown,
        commands=commands,
        decided=mask_decided(record.decided, mask),
    )


def _mask_failure(failure: Failure, mask: Callable[[str], str]) -> Failure:
    return replace(
        failure,
        title=mask(failure.title),
        path=mask(failure.path),
        detail=mask(failure.detail),
        repeat=mask(failure.repeat),
        inspect=mask(failure.inspect),
        fix=mask(failure.fix),
        test=mask(failure.test),
    )
