"""`pdm.lock`, written out by pdm itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.backend.fields import words
from cicd.backend.installers.exported import run_exported, tool_command
from cicd.backend.pins import PDM

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.backend.installers.port import Installation
    from cicd.model import Command


def inputs(job: Installation) -> tuple[Path, ...]:
    return (job.folder / "pdm.lock", job.folder / "pyproject.toml")


def run_installation(job: Installation) -> tuple[str, ...]:
    ask = tool_command(job, PDM, "pdm", "lock", "--check")
    stale = "doesn't satisfy|hash doesn't match|is out of date"
    return run_exported(job, "pdm.lock", (ask, export_command(job)), stale, "pdm lock")


def export_command(job: Installation) -> Command:
    wanted = (*words(job.part.extras), *words(job.part.groups))
    options = tuple(word for name in wanted for word in ("-G", name))
    return tool_command(job, PDM, "pdm", "export", "-f", "requirements", *options)
