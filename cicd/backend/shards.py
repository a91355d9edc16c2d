"""A share of the tests of a part: how they were divided, and what it cannot judge alone."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cicd.errors import SettingsError
from cicd.model import Failure, Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.backend.testers.port import SuiteJob


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """What our drivers saw: `collected` tests in all, `selected` of them for this share.

    `names` is a digest of the names of all. `least_percent` is the project's own gate on
    coverage, 0 without one.
    """

    collected: int
    selected: int
    names: str
    least_percent: float = 0.0


def read_division(folder: Path) -> Division | None:
    """How the tests were divided; None when no driver divided them.

    Each process of a run has a file, and all of them divide alike.
    """
    values: dict[str, object] = {}
    for file in sorted(folder.glob("*.json")):
        values |= json.loads(file.read_text(encoding="utf-8"))
    if "names" not in values:
        return None
    return Division(**values)  # type: ignore[arg-type]


def require_divisible(job: SuiteJob) -> None:
    """Raises `SettingsError` for a command of the user's own: it would run all of the tests."""
    if job.shard and isinstance(job.part.tests, tuple):
        raise SettingsError(
            f"{job.part.name}: a share of the tests ({job.shard}) was asked for, and `tests` is a"
            " command of your own, which runs all of them",
            fix='leave `shards` at 1, or let `tests` be "pytest", "django" or "unittest"',
        )


def judge_division(job: SuiteJob, tests: int) -> tuple[Failure, ...]:
    """What is wrong with the share. An empty one is right, as long as there are tests at all."""
    division = read_division(job.share_notes)
    if division is None:
        title = f"the tests were not divided: shard {job.shard} would stand for all of them"
        return (Failure(title=title, path=job.part.path),)
    if tests or not division.selected and division.collected:
        return ()
    title = "no test was found" if not division.collected else "no test was run"
    return (Failure(title=title, path=job.part.path),)


def as_share(job: SuiteJob, outcome: Outcome, unseen: tuple[str, ...] = ()) -> Outcome:
    """The outcome with what whoever joins the shares has to know: the gates are about all.
    `unseen` are entries of the quarantine whose tests are not in this share."""
    facts = _gates(job)
    if unseen:
        facts["quarantine_unseen"] = "\n".join(unseen)
    metrics: dict[str, float] = {}
    if division := read_division(job.share_notes):
        facts["test_names"] = division.names
        metrics = {"collected": division.collected, "selected": division.selected}
    return replace(
        outcome,
        headline=f"shard {job.shard} · {outcome.headline}",
        unverified=(),
        metrics={**outcome.metrics, **metrics},
        facts={**outcome.facts, **facts},
    )


def _gates(job: SuiteJob) -> dict[str, str]:
    """By name, in percent, as they stand in the record."""
    if job.selection.partial:
        return {}
    division = read_division(job.share_notes)
    own = division.least_percent if division else 0.0
    asked = {"coverage_gate": max(job.part.coverage_percent or 0.0, own)}
    if job.part.min_pass_percent < 100:
        asked["pass_gate"] = job.part.min_pass_percent
    return {name: f"{percent:g}" for name, percent in asked.items() if percent}
