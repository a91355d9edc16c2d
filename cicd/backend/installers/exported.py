"""Locks that uv cannot read: their own tool writes them out, and uv installs that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.backend.installers.project import (
    bare_package_command,
    install_package,
    is_package,
)
from cicd.backend.interpreter_places import own_interpreter
from cicd.backend.uv import INSTALL_LIMIT_S, install_error, uv_command
from cicd.backend.virtualenv import make_venv
from cicd.errors import CheckFailed
from cicd.model import Command, Failure, Outcome
from cicd.system.state import write_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.backend.installers.port import Installation

_PDM: Mapping[str, str] = {"PDM_IGNORE_SAVED_PYTHON": "1", "PDM_CHECK_UPDATE": "0"}


def run_exported(
    job: Installation, lock: str, commands: tuple[Command, ...], stale: str, fix: str
) -> tuple[str, ...]:
    """Runs the commands, of which the last writes the lock out, and installs that.

    `stale` is a pattern of what they print of a lock that is out of date.
    """
    make_venv(job.place, job.path, job.interpreter, seeded=True)
    for command in commands:
        done = job.place.runner.run(command, timeout_s=INSTALL_LIMIT_S, quiet=True)
        if not done.ok and re.search(stale, done.errors + done.output, re.IGNORECASE):
            raise _outdated(job, lock, fix)
    if not done.ok:
        raise install_error(done, f"what {lock} lists", job.named(job.folder / lock))
    listed = job.path / "cicd-requirements.txt"
    write_text(listed, done.output)
    _install(job, "-r", str(listed))
    return install_package(job, bare_package_command(job)) if is_package(job.folder) else ()


def tool_command(job: Installation, requirements: tuple[str, ...], *arguments: str) -> Command:
    """A tool from PyPI, in an environment of its own that uv keeps, that sees `job.path`
    as the active environment: it then makes none of its own below the project."""
    head = ("tool", "run", "--quiet", "--python", str(own_interpreter()))
    extra = tuple(word for name in requirements[1:] for word in ("--with", name))
    argv = (*head, "--from", requirements[0], *extra, *arguments)
    return uv_command(*argv, cwd=job.folder, env={"VIRTUAL_ENV": str(job.path), **_PDM})


def _outdated(job: Installation, lock: str, fix: str) -> CheckFailed:
    path = job.named(job.folder / lock)
    project = job.named(job.folder / "pyproject.toml")
    title = f"{path} is out of date with {project}"
    failure = Failure(title=title, path=path, fix=fix)
    return CheckFailed(Outcome(headline=title, passed=False, failures=(failure,)))


def _install(job: Installation, *arguments: str) -> None:
    head = ("pip", "install", "--quiet", "--python", str(job.path))
    command = uv_command(*head, *arguments, cwd=job.folder)
    done = job.place.runner.run(command, timeout_s=INSTALL_LIMIT_S, quiet=True)
    if not done.ok:
        what = f"the dependencies of {job.part.path}"
        raise install_error(done, what, job.named(job.folder / "pyproject.toml"))
