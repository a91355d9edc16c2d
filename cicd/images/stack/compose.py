"""The commands of Docker Compose that a stack is made of, as values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.model import Command, Secret

if TYPE_CHECKING:
    from typing import Final

_UNSET: Final = dict.fromkeys(("COMPOSE_FILE", "COMPOSE_PROJECT_NAME", "COMPOSE_PATH_SEPARATOR"))
"""What would lead Compose to other files and other projects than those it is told."""
_VERSION = re.compile(r"v?(?P<major>\d+)\.\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compose:
    """Compose for one project. `docker` is an absolute path; `env` leads to the engine, and
    `passwords` are variables for the compose file."""

    docker: str
    project: str
    folder: Path
    """The folder of the compose file; `.env` is read there."""
    env: Mapping[str, str] = field(default_factory=dict)
    passwords: Mapping[str, Secret] = field(default_factory=dict)

    def config_command(self, file: Path) -> Command:
        """Prints the whole model as JSON: variables put in, defaults written out."""
        return self._command("--file", str(file), "config", "--format", "json")

    def up_command(self, model: str) -> Command:
        """Starts the model in the order of its dependencies, and returns when all are started.

        Not with `--wait`: that takes the good end of a job that nothing waits for as a failure
        (https://github.com/docker/compose/issues/10596). The model may hold passwords.
        """
        started = ("up", "--detach", "--no-build", "--quiet-pull")
        return self._command("--file", "-", *started, stdin=Secret(model))

    def down_argv(self) -> tuple[str, ...]:
        """Removes whatever bears the project's name; needs no file, in any folder."""
        flags = ("--volumes", "--remove-orphans", "--timeout", "0")
        return (self.docker, "compose", "--project-name", self.project, "down", *flags)

    def environ(self, base: Mapping[str, str]) -> dict[str, str]:
        """The environment of commands that are run by others."""
        return {**{name: base[name] for name in base if name not in _UNSET}, **self.env}

    def _command(self, *words: str, stdin: Secret | None = None) -> Command:
        head = (self.docker, "compose", "--project-name", self.project)
        where = ("--project-directory", str(self.folder))
        env = {**_UNSET, **self.env, **self.passwords}
        return Command((*head, *where, *words), cwd=self.folder, env=env, stdin=stdin)


def version_command(docker: str) -> Command:
    return Command((docker, "compose", "version", "--short"))


def is_served(output: str) -> bool:
    """Whether this is the version of a Compose that has our commands: 2 or later."""
    found = _VERSION.match(output.strip())
    return found is not None and int(found["major"]) >= 2
