"""Django's migrations: none is missing, and they run from nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.backend.fields import from_root
from cicd.model import Command, Completed, Failure, Outcome
from cicd.output import last_lines

if TYPE_CHECKING:
    from cicd.backend.migrators.port import MigrationJob

_APPLIED = re.compile(r"^\s*Applying \S+?\.\.\.", re.MULTILINE)
_MISSING = re.compile(
    r"^Migrations for '(?P<app>[^']+)':\n(?P<rest>(?:[ \t]+.*\n?)+)", re.MULTILINE
)
_CONFLICT = "Conflicting migrations detected"


def upgrade_command(job: MigrationJob) -> Command:
    return _manage(job, "migrate", "--no-input")


def missing_command(job: MigrationJob) -> Command:
    return _manage(job, "makemigrations", "--check", "--dry-run", "--no-input")


def run_checks(job: MigrationJob) -> Outcome:
    """Not down again: a Django migration is irreversible more often than not."""
    asked = job.place.runner.run(missing_command(job), timeout_s=job.part.timeout_s)
    failures = _judge_missing(job, asked)
    upgraded = job.place.runner.run(upgrade_command(job), timeout_s=job.part.timeout_s)
    failures += _judge_upgrade(job, upgraded)
    number = len(_APPLIED.findall(upgraded.output))
    many = "1 migration" if number == 1 else f"{number} migrations"
    return Outcome(
        headline=failures[0].title if failures else f"{many}, none missing",
        passed=not failures,
        failures=failures,
        metrics={"migrations": number},
    )


def _judge_missing(job: MigrationJob, done: Completed) -> tuple[Failure, ...]:
    if done.ok:
        return ()
    path = from_root(job.place, job.folder, job.manage)
    if _CONFLICT in done.output:
        line = next(line for line in done.output.splitlines() if _CONFLICT in line)
        fix = f"python {job.manage} makemigrations --merge"
        return (Failure(title=line.strip(), path=path, repeat=job.repeat, fix=fix),)
    missing = tuple(_MISSING.finditer(done.output))
    if not missing:
        return (_broken(job, "makemigrations --check", done),)
    return tuple(
        Failure(
            title=f"models of `{m['app']}` are ahead of their migrations",
            path=path,
            detail="\n".join(line.strip() for line in m["rest"].splitlines()),
            repeat=job.repeat,
            fix=f"python {job.manage} makemigrations {m['app']}",
        )
        for m in missing
    )


def _judge_upgrade(job: MigrationJob, done: Completed) -> tuple[Failure, ...]:
    # A conflict stops both commands; it was told by the first.
    if done.ok or _CONFLICT in done.output:
        return ()
    return (_broken(job, "migrate", done),)


def _broken(job: MigrationJob, what: str, done: Completed) -> Failure:
    ended = "reached the time limit" if done.timed_out else "fails"
    lines = done.output.strip().splitlines()
    return Failure(
        title=f"`{job.manage} {what}` {ended}",
        path=from_root(job.place, job.folder, job.manage),
        detail=lines[-1] if lines else last_lines(done.output, 1),
        repeat=job.repeat,
    )


def _manage(job: MigrationJob, *arguments: str) -> Command:
    argv = (str(job.environment.python), job.manage, *arguments)
    return Command(argv, cwd=job.folder, env=job.variables())
