"""A migrate command of the user's own: it brings an empty database up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.backend.fields import words
from cicd.model import Command, Failure, Outcome
from cicd.output import last_lines

if TYPE_CHECKING:
    from cicd.backend.migrators.port import MigrationJob


def upgrade_command(job: MigrationJob) -> Command:
    return Command(words(job.part.migrations), cwd=job.folder, env=job.variables())


def run_checks(job: MigrationJob) -> Outcome:
    command = upgrade_command(job)
    done = job.place.runner.run(command, timeout_s=job.part.timeout_s)
    if done.ok:
        return Outcome(headline="up from nothing")
    ended = "reached the time limit" if done.timed_out else f"ended with {done.return_code}"
    title = f"`{command}` {ended}"
    detail = last_lines(done.output, 12)
    failure = Failure(title=title, path=job.part.path, detail=detail, repeat=job.repeat)
    return Outcome(headline=title, passed=False, failures=(failure,))
