"""A backend, ready to be worked on: its fields found, its environment made."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cicd.backend.environment import Environment, ensure_environment
from cicd.backend.fields import words
from cicd.backend.installed import read_packages, read_python
from cicd.backend.interpreters import Interpreter, Interpreters
from cicd.backend.migrators.port import MigrationJob
from cicd.config.migrations import alembic_config, manage_py
from cicd.config.parts import Backend
from cicd.config.pythons import is_workflow, requires_python
from cicd.config.resolve import resolve
from cicd.errors import MissingError, SettingsError
from cicd.model import Outcome, Secret
from cicd.steps.fingerprint.python_asked import remember_python
from cicd.steps.fingerprint.used import note_use
from cicd.steps.noting import note, note_part
from cicd.system.state import write_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path, PurePosixPath

    from cicd.steps.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """`part` has every field; `unverified` says that another Python serves than declared."""

    work: Work
    part: Backend
    environment: Environment
    unverified: tuple[str, ...] = ()

    @property
    def env(self) -> Mapping[str, str]:
        """The part's variables, as templates."""
        return self.part.env if isinstance(self.part.env, dict) else {}

    @property
    def folder(self) -> Path:
        return self.work.place.root / self.part.path

    @property
    def facts(self) -> dict[str, str]:
        return {"python": self.environment.interpreter.version}

    @property
    def tells_reads(self) -> bool:
        """Whether migrations tell what they read: a command of the user's own does not."""
        return not isinstance(self.part.migrations, tuple)

    def migration_job(
        self, env: Mapping[str, str | Secret], watch: Mapping[str, str]
    ) -> MigrationJob:
        tree = self.work.tree
        return MigrationJob(
            place=self.work.place,
            part=self.part,
            environment=self.environment,
            env=env,
            environ=self.work.environ,
            ini=self.relative(alembic_config(tree, self.part), "alembic.ini"),
            manage=self.manage,
            repeat=f"nox -s {self.part.name}_migrations",
            watch=watch,
        )

    @property
    def manage(self) -> str:
        return self.relative(manage_py(self.work.tree, self.part), "manage.py")

    def relative(self, path: PurePosixPath | None, default: str) -> str:
        """A file as seen from the part's folder."""
        if path is None:
            return default
        return os.path.relpath(path, self.part.path).replace(os.sep, "/")

    def completed(self, outcome: Outcome, **facts: str) -> Outcome:
        """The outcome with what this bench adds: versions, and what is not as declared."""
        return replace(
            outcome,
            unverified=(*self.unverified, *outcome.unverified),
            facts={**self.facts, **outcome.facts, **facts},
        )


def prepare(work: Work, part: Backend, python: str = "") -> Bench:
    """Finds the part's fields and makes its environment, unless that was done before.

    Raises `MissingError` without an interpreter, `CheckFailed` when its dependencies cannot
    be installed as its files say.
    """
    resolved = resolve(work.tree, part)
    found = resolved.part
    if not isinstance(found, Backend):
        raise SettingsError(f"{part.path} is no backend")
    declared = not is_workflow(resolved.origins["pythons"])
    interpreter, unverified = _interpreter(work, found, python, declared=declared)
    environment = ensure_environment(work.place, found, interpreter)
    for said in environment.notes:
        work.say(said)
    _note(work, found, environment)
    remember_python(work, found, python, environment)
    note_use(environment.path)
    return Bench(work=work, part=found, environment=environment, unverified=unverified)


def _note(work: Work, part: Backend, environment: Environment) -> None:
    note_part(work, part)
    note(work.noted.versions, {"python": read_python(environment)})
    note(work.noted.packages, read_packages(environment))


def _interpreter(
    work: Work, part: Backend, python: str, *, declared: bool
) -> tuple[Interpreter, tuple[str, ...]]:
    """The declared Python; on a laptop another one that the project allows, said aloud.

    A version that only a workflow names is a preference: any that the project allows will do.
    """
    specifier, _ = requires_python(work.tree, part)
    wanted = python or next(iter(words(part.pythons)), "")
    interpreters = Interpreters(work.place.runner, work.environ, work.place.root)
    try:
        return _find(work, interpreters, wanted, specifier), ()
    except MissingError:
        may_differ = not python and not (work.strict and declared)
        other = interpreters.substitute(specifier) if may_differ else None
        if other is None:
            raise
        if not declared:
            return other, ()
        said = f"Python {wanted} is not to be had here, this was {other.version}"
        return other, (said,)


def _find(work: Work, interpreters: Interpreters, wanted: str, specifier: str) -> Interpreter:
    """Looked for once in a run: without a network, every attempt to download takes a while."""
    name = f"python {wanted} {specifier}".encode()
    refusal = work.run.folder / f"refused-{hashlib.sha256(name).hexdigest()[:12]}"
    if refusal.is_file():
        raise MissingError(refusal.read_text(encoding="utf-8"))
    try:
        return interpreters.find(wanted, specifier)
    except MissingError as missing:
        write_text(refusal, str(missing))
        raise
