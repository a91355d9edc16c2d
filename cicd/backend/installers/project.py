"""No lock: the project is installed as its `pyproject.toml` or `setup.py` says."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from cicd.backend.fields import words
from cicd.backend.uv import INSTALL_LIMIT_S, install_error, run_install, uv_command
from cicd.backend.virtualenv import make_venv
from cicd.model import Command

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cicd.backend.installers.port import Installation

_NO_PACKAGE = re.compile(
    r"multiple top-level packages discovered|unable to determine which files to ship|"
    r"has no attribute 'build_editable'|no file/folder found for package|could not find .* package",
    re.IGNORECASE,
)
"""What the usual build backends say of a folder that holds an application, not a package,
and what a build backend from before PEP 660 says."""


def inputs(job: Installation) -> tuple[Path, ...]:
    return tuple(job.folder / name for name in ("pyproject.toml", "setup.py", "setup.cfg"))


def run_installation(job: Installation) -> tuple[str, ...]:
    make_venv(job.place, job.path, job.interpreter, seeded=True)
    note = f"{job.part.path} has no lock file: the newest versions it allows were installed"
    if is_package(job.folder):
        missing = install_package(job, package_command(job))
        if not missing:
            return (note,)
        return (note, *missing, *_install_dependencies(job))
    return (note, *_install_dependencies(job))


def install_package(job: Installation, command: Command) -> tuple[str, ...]:
    """Installs the project itself; a note instead where its build backend cannot, as for an
    application that is run from its folder."""
    done = job.place.runner.run(command, timeout_s=INSTALL_LIMIT_S, quiet=True)
    if done.ok:
        return ()
    if _NO_PACKAGE.search(done.errors) and _has_project(job.folder):
        return (f"{job.part.path} itself is not installed: its build backend makes no package",)
    raise install_error(done, job.part.path, job.named(job.folder / "pyproject.toml"))


def package_command(job: Installation) -> Command:
    """Installs the project itself, editable: its sources are measured and tested in place."""
    extras = ",".join(words(job.part.extras))
    target = f".[{extras}]" if extras else "."
    return _pip(job, "-e", target, *_groups(job))


def bare_package_command(job: Installation) -> Command:
    """Installs the project itself, editable, where a lock has brought all that it needs."""
    return _pip(job, "--no-deps", "-e", ".")


def dependencies_command(job: Installation) -> Command:
    """Installs what the project needs, without the project."""
    options = job.options("--extra", "--group")
    return _pip(job, "-r", "pyproject.toml", *options)


def is_package(folder: Path) -> bool:
    """Whether the project says that it can be built. pip would try any folder with setuptools."""
    settings = _read(folder)
    # https://python-poetry.org/docs/basic-usage/#operating-modes
    if _table(_table(settings, "tool"), "poetry").get("package-mode") is False:
        return False
    return "build-system" in settings or (folder / "setup.py").is_file()


def _table(settings: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = settings.get(name)
    return table if isinstance(table, dict) else {}


def _install_dependencies(job: Installation) -> tuple[str, ...]:
    if _has_project(job.folder):
        command = dependencies_command(job)
    elif words(job.part.groups):
        command = _pip(job, *_groups(job))
    else:
        return ()
    file = job.named(job.folder / "pyproject.toml")
    run_install(job.place.runner, command, f"the dependencies of {job.part.path}", file)
    return ()


def _groups(job: Installation) -> tuple[str, ...]:
    return tuple(word for name in words(job.part.groups) for word in ("--group", name))


def _pip(job: Installation, *arguments: str) -> Command:
    head = ("pip", "install", "--quiet", "--python", str(job.path))
    return uv_command(*head, *arguments, cwd=job.folder)


def _has_project(folder: Path) -> bool:
    settings = _read(folder)
    return "project" in settings or "poetry" in _table(settings, "tool")


def _read(folder: Path) -> dict[str, object]:
    try:
        return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
