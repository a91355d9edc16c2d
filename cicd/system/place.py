"""Where work is done: the folders and the runner that every lane is handed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cicd.system.process import Runner


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The repository, our two folders, and the one who runs commands.

    `state` is `.cicd/` in the repository, `cache` the user's cache, shared by all
    repositories. `reports` is this session's own folder in this run: JUnit, coverage.
    """

    root: Path
    state: Path
    cache: Path
    reports: Path
    runner: Runner
