"""A stack before its start: the compose file as Compose reads it, with all that it asks for."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cicd.errors import SettingsError
from cicd.images.stack.client import require_compose
from cicd.images.stack.passwords import open_passwords
from cicd.images.stack.refusals import require_isolated
from cicd.images.stack.reporting import service_failure
from cicd.model import Secret
from cicd.output import last_lines

if TYPE_CHECKING:
    from pathlib import Path, PurePosixPath

    from cicd.images.stack.client import Host
    from cicd.images.stack.compose import Compose
    from cicd.images.stack.model import Model
    from cicd.images.stack.run import Stack
    from cicd.images.stack.states import State
    from cicd.model import Failure
    from cicd.steps.work import Work

_SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|_KEY$", re.IGNORECASE)
_SECRET_LENGTH = 8
"""A shorter one is a word such as "postgres", and stands in paths and names as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A stack to be tried: its file, and what Compose reads in it."""

    work: Work
    file: PurePosixPath
    host: Host
    compose: Compose
    model: Model

    @property
    def repeat(self) -> str:
        return f"nox -s {self.work.session}"

    def failure(self, stack: Stack, state: State, when: str = "") -> Failure:
        text = (self.work.place.root / self.file).read_text(encoding="utf-8", errors="replace")
        about = {"file": str(self.file), "text": text, "repeat": self.repeat}
        return service_failure(stack, state, when=when, **about)


def read_trial(work: Work, file: PurePosixPath, host: Host) -> Trial:
    """The stack of this compose file, under a name of its own; nothing is started.

    Raises `MissingError` without Compose, `SettingsError` for a file that Compose cannot read or
    that cannot stand alone.
    """
    path = work.place.root / file
    project = f"cicd-stack-{secrets.token_hex(4)}"
    runner, environ = work.place.runner, work.environ
    compose = require_compose(runner, environ, project=project, folder=path.parent, host=host)
    compose = replace(compose, passwords=_made_up(work, path))
    done = runner.run(compose.config_command(path), quiet=True)
    if not done.ok:
        said = last_lines(done.errors or done.output, 5)
        raise SettingsError(f"{file}: {said}", fix=_fix(work, file.parent))
    _mask_secrets(work, done.output)
    model = json.loads(done.output)
    require_isolated(model, str(file))
    return Trial(work=work, file=file, host=host, compose=compose, model=model)


def _made_up(work: Work, path: Path) -> dict[str, Secret]:
    """Passwords for this run alone, where the user has set none."""
    dotenv = path.with_name(".env")
    settings = dotenv.read_text(encoding="utf-8") if dotenv.is_file() else ""
    names = open_passwords(path.read_text(encoding="utf-8"), settings, work.environ)
    return {name: Secret(secrets.token_hex(16)) for name in names}


def _fix(work: Work, folder: PurePosixPath) -> str:
    """The settings that a repository hands to newcomers, where nobody has taken them yet."""
    example, own = folder / ".env.example", folder / ".env"
    root = work.place.root
    missing = (root / example).is_file() and not (root / own).exists()
    return f"cp {example} {own}" if missing else ""


def _mask_secrets(work: Work, model: str) -> None:
    """What the environment hands to services as a secret must not stand in their logs."""
    for name, value in work.environ.items():
        if _SECRET.search(name) and len(value) >= _SECRET_LENGTH and value in model:
            work.masks.add(Secret(value))
