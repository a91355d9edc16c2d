"""The port: a tool that migrates a database."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from cicd.backend.fields import part_folder
from cicd.backend.testers.port import WATCHER

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
    `watch` are the variables under which each Python of it notes what it reads.
    """

    place: Place
    part: Backend
    environment: Environment
    env: Mapping[str, str | Secret] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    ini: str = "alembic.ini"
    manage: str = "manage.py"
    repeat: str = ""
    watch: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return part_folder(self.place, self.part)

    def variables(self) -> dict[str, str | Secret | None]:
        given = {**self.environment.variables(self.environ.get("PATH", "")), **self.env}
        return {**given, **self._watched()} if self.watch else given

    def _watched(self) -> dict[str, str]:
        path = str(self.env.get("PYTHONPATH", self.environ.get("PYTHONPATH", "")))
        return {
            **self.watch,
            "CICD_SERVICES": str(self.env.get("PGHOST", "")),
            "PYTHONPATH": os.pathsep.join(filter(None, (str(WATCHER), path))),
        }


class Migrator(Protocol):
    """One migration tool. Each module beside this one is a migrator."""

    def upgrade_command(self, job: MigrationJob) -> Command:
        """Brings an empty database up to date; pure."""
        ...

    def run_checks(self, job: MigrationJob) -> Outcome:
        """Checks all that can be checked, on the empty database of `job.env`."""
        ...
