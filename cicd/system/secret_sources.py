"""Where a secret is, and reading it: a variable, a file or a command."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.errors import MissingError, SettingsError
from cicd.model import Command, Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.system.process import Runner

_LIMIT_S = 60


class EmptySecretError(MissingError):
    """The source answers, and holds nothing."""


def read_secret(source: str, *, environ: Mapping[str, str], runner: Runner, root: Path) -> Secret:
    """What "env:NAME", "file:path" or "cmd:command" names. `root` is what paths are relative to.

    Raises `SettingsError` for another form, `MissingError` when nothing is there:
    `EmptySecretError` where the source could be read.
    """
    kind, _, name = source.partition(":")
    if kind not in _READ or not name.strip():
        # The value may be the secret itself: it is not shown.
        raise SettingsError("a secret is given as env:NAME, file:path or cmd:command")
    text = _READ[kind](name, _Reach(environ, runner, root))
    if not text:
        raise EmptySecretError(f"the secret of {source.split()[0]} is empty or not set")
    return Secret(text)


@dataclass(frozen=True, slots=True)
class _Reach:
    environ: Mapping[str, str]
    runner: Runner
    root: Path


def _read_env(name: str, reach: _Reach) -> str:
    return reach.environ.get(name, "").strip()


def _read_file(name: str, reach: _Reach) -> str:
    try:
        return (reach.root / Path(name).expanduser()).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise MissingError(f"the secret of file:{name} cannot be read: {error}") from error


def _read_command(name: str, reach: _Reach) -> str:
    done = reach.runner.run(Command(tuple(shlex.split(name))), timeout_s=_LIMIT_S, quiet=True)
    if not done.ok:
        how = "took too long" if done.timed_out else f"ended with {done.return_code}"
        raise MissingError(f"the secret of cmd:{name.split()[0]} {how}: {done.errors.strip()}")
    return done.output.strip()


_READ = {"env": _read_env, "file": _read_file, "cmd": _read_command}
