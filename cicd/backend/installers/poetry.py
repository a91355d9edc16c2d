"""`poetry.lock`, written out by poetry itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.backend.fields import words
from cicd.backend.installers.exported import run_exported, tool_command
from cicd.backend.pins import POETRY

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.backend.installers.port import Installation
    from cicd.model import Command


def inputs(job: Installation) -> tuple[Path, ...]:
    return (job.folder / "poetry.lock", job.folder / "pyproject.toml")


def run_installation(job: Installation) -> tuple[str, ...]:
    stale = "changed significantly|is not up to date"
    return run_exported(job, "poetry.lock", (export_command(job),), stale, "poetry lock")


def export_command(job: Installation) -> Command:
    extras = tuple(word for name in words(job.part.extras) for word in ("--extras", name))
    groups = tuple(word for name in words(job.part.groups) for word in ("--with", name))
    arguments = ("export", "--no-interaction", "--no-ansi", *extras, *groups)
    return tool_command(job, POETRY, "poetry", *arguments)
