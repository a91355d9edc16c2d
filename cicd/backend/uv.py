"""Runs uv, the one from our own wheel, and translates how it fails."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.errors import CheckFailed, MissingError, RemoteError
from cicd.model import Command, Completed, Failure, Outcome
from cicd.output import last_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.model import Secret
    from cicd.system.process import Runner

INSTALL_LIMIT_S = 1800.0
"""A first installation with large wheels over a slow line; a broken line fails earlier."""

_NETWORK = re.compile(
    r"error sending request|client error \(connect\)|dns error|failed to fetch|timed? ?out|"
    r"connection (refused|reset)|could ?n.t connect|network unreachable|name resolution|"
    r"all attempts to connect|max retries exceeded|50[0-9] (internal|bad|service|gateway)",
    re.IGNORECASE,
)


def uv_binary() -> str:
    """The path of uv; raises `MissingError` when its wheel is not beside us."""
    try:
        import uv
    except ImportError as error:
        raise MissingError("uv is not installed beside nox", fix="pip install uv") from error
    try:
        return str(uv.find_uv_bin())
    except FileNotFoundError as error:
        raise MissingError(f"uv is installed without its program: {error}") from error


def uv_version() -> str:
    from importlib.metadata import version

    return version("uv")


def uv_command(
    *arguments: str, cwd: Path, env: Mapping[str, str | Secret | None] | None = None
) -> Command:
    """A call of uv that sees no environment of the one who calls, only what `env` names."""
    clean: dict[str, str | Secret | None] = {
        "VIRTUAL_ENV": None,
        "UV_PROJECT_ENVIRONMENT": None,
        "UV_PYTHON": None,
        "CONDA_PREFIX": None,
        "PYTHONPATH": None,
        "PYTHONHOME": None,
    }
    argv = (uv_binary(), *arguments)
    return Command(argv, cwd=cwd, env={**clean, **(env or {})})


def run_install(runner: Runner, command: Command, what: str, path: str) -> Completed:
    """Runs a command that installs, quietly; a failure is raised with the tool's own words.

    `what` names the work ("the dependencies of backend"), `path` the file to look at.
    """
    done = runner.run(command, timeout_s=INSTALL_LIMIT_S, quiet=True)
    if not done.ok:
        raise install_error(done, what, path)
    return done


def install_error(done: Completed, what: str, path: str) -> RemoteError | CheckFailed:
    """The network's fault or the code's, told from what the tool printed."""
    said = last_lines(done.errors or done.output, 25)
    title = f"{what} cannot be installed"
    if done.timed_out:
        return RemoteError(f"{title}: no end after {INSTALL_LIMIT_S:.0f} s\n{said}")
    if _NETWORK.search(said):
        return RemoteError(f"{title}, a package registry did not answer:\n{said}")
    failure = Failure(title=title, path=path, detail=said)
    return CheckFailed(Outcome(headline=title, passed=False, failures=(failure,)))
