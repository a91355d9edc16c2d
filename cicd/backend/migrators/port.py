"""The port: a tool that migrates a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from cicd.backend.fields import part_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cicd.backend.environment import Environment
    from cicd.config.parts import Backend
    from cicd.model import Command, Outcome, Secret
    from cicd.system.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationJob:
    """A part's migrations and an empty database for them.

    `env` leads to the database; `ini` is Alembic's settings file and `manage` Django's
    program, both relative to the part's folder; `repeat` is the command that repeats this.
    """

    place: Place
    part: Backend
    environment: Environment
    env: Mapping[str, str | Secret] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    ini: str = "alembic.ini"
    manage: str = "manage.py"
    repeat: str = ""

    @property
    def folder(self) -> Path:
        return part_folder(self.place, self.part)

    def variables(self) -> dict[str, str | Secret | None]:
        return {**self.environment.variables(self.environ.get("PATH", "")), **self.env}


class Migrator(Protocol):
    """One migration tool. Each module beside this one is a migrator."""

    def upgrade_command(self, job: MigrationJob) -> Command:
        """Brings an empty database up to date; pure."""
        ...

    def run_checks(self, job: MigrationJob) -> Outcome:
        """Checks all that can be checked, on the empty database of `job.env`."""
        ...
