"""One record for each session, from those of many jobs: what is missing or odd is red."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cicd.config.shard import parse_shard
from cicd.model import Failure, Outcome, Verdict
from cicd.records.join_outcomes import join_outcomes
from cicd.records.record import Record
from cicd.records.shares import chosen_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from cicd.records.jobs import JobRecord

    Measure = Callable[[Sequence[Path]], float | None]
    """The coverage of several shares together, from the folders of their reports."""


def join_session(
    session: str, jobs: Sequence[JobRecord], *, commit: str, run: str, measure: Measure
) -> Record:
    """The record of a session that one job ran, or several jobs in shares.

    Red unless each share is there once, finished, green and from `commit`, and the gates that
    a share could not judge are met by all of them together.
    """
    if not jobs:
        return missing_record(session, run)
    problems = (*_share_problems(session, jobs), *_job_problems(session, jobs, commit))
    joined = replace(
        jobs[0].record,
        run=run,
        duration_s=max(job.record.duration_s for job in jobs),
        commands=tuple(command for job in jobs for command in job.record.commands),
        reused=jobs[0].record.reused if all(job.record.reused for job in jobs) else None,
    )
    if not problems and not jobs[0].shard:
        return joined
    return _judge(joined, jobs, problems, measure)


def missing_record(session: str, run: str) -> Record:
    """That of a session which no job ran."""
    return Record(
        session=session,
        run=run,
        part="",
        verb="",
        started_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        verdict=Verdict.FAILED,
        reason="no job ran it",
        outcome=Outcome(headline="no job ran it", passed=False),
    )


def _judge(
    joined: Record, jobs: Sequence[JobRecord], problems: Sequence[Failure], measure: Measure
) -> Record:
    outcome = join_outcomes(jobs, problems, measure)
    verdict = _worst(jobs) if outcome.passed else Verdict.FAILED
    gap = "; ".join(outcome.unverified)
    if verdict is Verdict.PASSED and gap:
        verdict = Verdict.NOT_VERIFIED
    reasons = [job.record.reason for job in jobs if job.record.reason]
    reason = outcome.headline if not outcome.passed else "; ".join(dict.fromkeys(reasons)) or gap
    if verdict is Verdict.PASSED:
        reason = ""
    return replace(joined, verdict=verdict, reason=reason, outcome=outcome)


def _worst(jobs: Sequence[JobRecord]) -> Verdict:
    verdicts = {job.record.verdict for job in jobs}
    if verdicts == {Verdict.PASSED}:
        return Verdict.PASSED
    red = None in verdicts or Verdict.FAILED in verdicts
    return Verdict.FAILED if red else Verdict.NOT_VERIFIED


def _job_problems(session: str, jobs: Sequence[JobRecord], commit: str) -> Iterator[Failure]:
    for job in jobs:
        of = f"shard {job.shard}" if job.shard else session
        record = job.record
        if record.verdict is None:
            yield Failure(title=f"{of} did not finish")
        elif job.shard and record.verdict is Verdict.FAILED and not record.outcome.failures:
            yield Failure(title=f"{of}: {record.reason}")
        if chosen := chosen_by(record):
            yield Failure(title=f"{of} ran only what `-- {chosen}` chose")
        theirs = record.outcome.facts.get("commit", "").rstrip("+")
        if record.verdict and theirs != commit.rstrip("+"):
            named = f"{theirs[:12] or 'no commit'}, and this is {commit[:12] or 'none'}"
            yield Failure(title=f"{of} is of another commit: {named}")


def _share_problems(session: str, jobs: Sequence[JobRecord]) -> Iterator[Failure]:
    counted = Counter(job.shard for job in jobs if job.record.verdict)
    if counted.get("", 0) > 1:
        yield Failure(title=f"{counted['']} jobs ran all of {session}")
    elif "" in counted and len(counted) > 1:
        yield Failure(title=f"a job ran all of {session}, and others shares of it")
    shards = [shard for text in counted if (shard := parse_shard(text))]
    if len({shard.of for shard in shards}) > 1:
        yield Failure(title=f"the shards do not belong together: {', '.join(sorted(counted))}")
        return
    for shard in shards:
        if counted[str(shard)] > 1:
            yield Failure(title=f"shard {shard} is there {counted[str(shard)]} times")
    numbers = {shard.number for shard in shards}
    for number in range(1, shards[0].of + 1) if shards and "" not in counted else ():
        if number not in numbers:
            yield Failure(title=f"shard {number}/{shards[0].of} is missing: no job ran it")
