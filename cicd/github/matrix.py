"""The jobs of a workflow that fans out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

JOBS_LIMIT = 256
"""Of one matrix: https://docs.github.com/en/actions/reference/limits"""
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Job:
    """One job: the sessions that it runs one after the other, or one share of a session."""

    sessions: tuple[str, ...]
    shard: str = ""

    @property
    def name(self) -> str:
        """For people."""
        named = " ".join(self.sessions[:_NAMED])
        more = len(self.sessions) - _NAMED
        return " ".join(filter(None, (named, f"+{more}" if more > 0 else "", self.shard)))

    @property
    def artifact(self) -> str:
        """Of what the job leaves. The same each time, and no other job has it: sessions are in
        one job only."""
        words = "-".join(("cicd", self.sessions[0], *self.shard.split("/")[:1], *self._of()))
        return re.sub(r"[^\w.-]", "_", words.rstrip("-"))

    def _of(self) -> tuple[str, ...]:
        return ("of", self.shard.partition("/")[2]) if self.shard else ()


def plan_jobs(
    groups: Iterable[Sequence[str]], shards: Mapping[str, int], *, limit: int = JOBS_LIMIT
) -> tuple[Job, ...]:
    """A job for each session, and for each share of those that `shards` names.

    `groups` are sessions that belong together. Where there would be more jobs than `limit`,
    several of one group are in a job, and several groups only where that is not enough.
    Raises `SettingsError` when shares alone leave no room.
    """
    groups = [tuple(group) for group in groups]
    shares = [
        Job((name,), f"{number}/{shards[name]}")
        for group in groups
        for name in group
        if name in shards
        for number in range(1, shards[name] + 1)
    ]
    whole = [rest for group in groups if (rest := _without(group, shards))]
    room = limit - len(shares)
    if room < bool(whole):
        raise SettingsError(
            f"{len(shares)} shards leave no room in the {limit} jobs of one GitHub matrix",
            fix="lower `shards`",
        )
    # What was worth dividing takes longest: it starts first.
    return (*shares, *(Job(sessions) for sessions in _pack(whole, room)))


def _without(group: Sequence[str], shards: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(name for name in group if name not in shards)


def _pack(groups: Sequence[tuple[str, ...]], room: int) -> list[tuple[str, ...]]:
    """As few sessions in a job as will do: one, two, … of a group, then whole groups together."""
    longest = max(map(len, groups), default=0)
    for size in range(1, longest + 1):
        jobs = [piece for group in groups for piece in _pieces(group, size)]
        if len(jobs) <= room:
            return jobs
    several = -(-len(groups) // room) if room else 1
    together = [groups[start : start + several] for start in range(0, len(groups), several)]
    return [tuple(name for group in each for name in group) for each in together]


def _pieces(group: tuple[str, ...], size: int) -> list[tuple[str, ...]]:
    return [group[start : start + size] for start in range(0, len(group), size)]


def render_matrix(jobs: Iterable[Job]) -> str:
    """One line of JSON, as `fromJSON` takes it for `strategy.matrix`."""
    entries = [
        {
            "name": job.name,
            "sessions": " ".join(job.sessions),
            "shard": job.shard,
            "artifact": job.artifact,
        }
        for job in jobs
    ]
    return json.dumps({"include": entries})
