"""`uv.lock`: uv installs exactly what is locked."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from cicd.backend.installers.uv_drift import find_drift
from cicd.backend.uv import INSTALL_LIMIT_S, install_error, uv_command
from cicd.errors import CheckFailed
from cicd.model import Command, Failure, Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.backend.installers.port import Installation


def inputs(job: Installation) -> tuple[Path, ...]:
    lock = job.above("uv.lock")
    return (lock, job.folder / "pyproject.toml", *_members(lock))


def run_installation(job: Installation) -> tuple[str, ...]:
    if not _lock(job).is_file():
        raise _red(job, f"{job.named(_lock(job))} is not there")
    done = job.place.runner.run(sync_command(job), timeout_s=INSTALL_LIMIT_S, quiet=True)
    if not done.ok:
        if re.search(r"needs to be updated|--locked. was provided", done.errors):
            raise _outdated(job)
        raise install_error(done, f"the dependencies of {job.part.path}", job.named(_lock(job)))
    return ()


def sync_command(job: Installation) -> Command:
    """In a workspace, uv installs the member whose folder it runs in."""
    options = job.options("--extra", "--group")
    arguments = ("sync", "--locked", "--quiet", "--python", str(job.interpreter.path), *options)
    return uv_command(*arguments, cwd=job.folder, env={"UV_PROJECT_ENVIRONMENT": str(job.path)})


def _lock(job: Installation) -> Path:
    return job.above("uv.lock")


def _outdated(job: Installation) -> CheckFailed:
    lock, project = job.named(_lock(job)), job.named(_lock(job).with_name("pyproject.toml"))
    drifts = (find_drift(_lock(job), member) for member in _members(_lock(job)))
    return _red(job, f"{lock} is out of date with {project}", next(filter(None, drifts), ""))


def _red(job: Installation, title: str, detail: str = "") -> CheckFailed:
    failure = Failure(title=title, path=job.named(_lock(job)), detail=detail, fix="uv lock")
    return CheckFailed(Outcome(headline=title, passed=False, failures=(failure,)))


def _members(lock: Path) -> tuple[Path, ...]:
    """The `pyproject.toml` of every member of the workspace, as the lock lists its folders."""
    try:
        packages = tomllib.loads(lock.read_text(encoding="utf-8")).get("package", [])
    except (OSError, ValueError):
        return ()
    sources = [package.get("source", {}) for package in packages]
    folders = [s.get("editable") or s.get("virtual") or s.get("directory") for s in sources]
    return tuple(lock.parent / folder / "pyproject.toml" for folder in folders if folder)
