"""Which records are of a part of the work: a share of the tests, or what somebody chose."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from cicd.config.shard import parse_shard

if TYPE_CHECKING:
    from cicd.records.record import Record

WITHOUT_ARGUMENTS = ("format", "lint", "types", "build", "migrations", "image")
"""Verbs that leave alone what stands after `--`."""


def is_partial(record: Record) -> bool:
    return bool(why_partial(record))


def why_partial(record: Record) -> str:
    """Why it says less than the whole session does; empty when it says all."""
    if chosen := chosen_by(record):
        return f"{record.session} ran only what `-- {chosen}` chose"
    if is_share(record):
        shard = record.outcome.facts["shard"]
        return f"{record.session} ran shard {shard}: a shard is judged by github_join"
    return ""


def chosen_by(record: Record) -> str:
    """What stood after `--`, for a session that reads it."""
    if record.verb in WITHOUT_ARGUMENTS:
        return ""
    return shlex.join(record.decided.arguments)


def is_share(record: Record) -> bool:
    """Whether it is of a part of the tests; what was joined from all shares is whole."""
    named = record.outcome.facts.get("shard", "")
    shards = {shard for text in named.split(", ") if (shard := parse_shard(text))}
    return bool(named) and not any(len(shards) == shard.of for shard in shards)
