"""`pylock.toml`, the lock file of PEP 751: uv installs what it lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.backend.installers.project import (
    bare_package_command,
    install_package,
    is_package,
)
from cicd.backend.uv import run_install, uv_command
from cicd.backend.virtualenv import make_venv

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.backend.installers.port import Installation


def inputs(job: Installation) -> tuple[Path, ...]:
    return (_lock(job), job.folder / "pyproject.toml")


def run_installation(job: Installation) -> tuple[str, ...]:
    make_venv(job.place, job.path, job.interpreter)
    lock = _lock(job)
    head = ("pip", "install", "--quiet", "--python", str(job.path))
    what = f"the dependencies of {job.part.path}"
    run_install(
        job.place.runner,
        uv_command(*head, "-r", str(lock), cwd=job.folder),
        what,
        job.named(lock),
    )
    return install_package(job, bare_package_command(job)) if is_package(job.folder) else ()


def _lock(job: Installation) -> Path:
    named = sorted(job.folder.glob("pylock*.toml"))
    return named[0] if named else job.above("pylock.toml")
