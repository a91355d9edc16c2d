"""The records that the jobs of one run left, each job's in a folder of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.errors import CicdError
from cicd.model import Verdict
from cicd.records.record import Record, parse_json

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A record, and the folder of what its session reported beside."""

    record: Record
    reports: Path

    @property
    def shard(self) -> str:
        """Which share of the tests it is about ("2/4"); "" for all of them."""
        return self.record.outcome.facts.get("shard", "")


def read_jobs(folder: Path) -> tuple[JobRecord, ...]:
    """Every record below the folder, in the order in which their sessions started.

    One that cannot be read is left out: its session is then missed.
    """
    found = []
    for path in sorted(folder.glob("**/records/*.json")):
        try:
            record = parse_json(path.read_text(encoding="utf-8"))
        except (CicdError, OSError, UnicodeDecodeError):
            continue
        found.append(JobRecord(record, path.parent.parent / "reports" / record.session))
    return tuple(sorted(found, key=lambda job: (job.record.started_at, job.shard)))


def own_jobs(
    jobs: Iterable[JobRecord], session: str, prerequisites: Container[str]
) -> tuple[JobRecord, ...]:
    """The records that a session is judged by.

    nox also runs what a session requires, in the same job: `prerequisites` may have been run by
    several jobs, all of it each time. Then the shares count, else one of them, a red one first.
    """
    found = tuple(job for job in jobs if job.record.session == session)
    if session not in prerequisites:
        return found
    green = sorted(found, key=lambda job: job.record.verdict is Verdict.PASSED)
    return tuple(job for job in found if job.shard) or tuple(green[:1])


def prerequisites_of(
    sessions: Iterable[str], requires: Mapping[str, Sequence[str]]
) -> frozenset[str]:
    """What nox runs before any of these sessions; `requires` says it of each session."""
    found: set[str] = set()
    ahead = [name for session in sessions for name in requires.get(session, ())]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += requires.get(name, ())
    return frozenset(found)
