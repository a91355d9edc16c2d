"""Checks the migrations of a part, and brings databases up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.backend import catalog
from cicd.backend.migrators import command
from cicd.errors import SettingsError

if TYPE_CHECKING:
    from cicd.backend.migrators.port import MigrationJob, Migrator
    from cicd.config.parts import Backend
    from cicd.model import Command, Outcome


def run_migrations(job: MigrationJob) -> Outcome:
    """Checks the part's migrations on the empty database that `job.env` leads to.

    Alembic: exactly one head, up from nothing, models and migrations agree, and, unless
    the part says `downgrade=False`, down to nothing and up again; the first step that
    fails ends it. Django: no migration missing, and up from nothing.
    """
    return require_migrator(job.part).run_checks(job)


def migrate_command(job: MigrationJob) -> Command:
    """Brings an empty database up to date and does nothing else."""
    return require_migrator(job.part).upgrade_command(job)


def require_migrator(part: Backend) -> Migrator:
    """The tool that a part names; raises `SettingsError` for an unknown one."""
    if isinstance(part.migrations, tuple):
        return command
    if isinstance(part.migrations, str) and part.migrations in catalog.MIGRATORS:
        return catalog.MIGRATORS[part.migrations]
    known = ", ".join(catalog.MIGRATORS)
    raise SettingsError(
        f"cicd.Backend(migrations={part.migrations!r}): known are {known}, or a tuple"
    )
