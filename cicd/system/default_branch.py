"""Which branch of a repository is the default one, and whether it is checked out as it is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cicd.system.ask import read_output

if TYPE_CHECKING:
    from pathlib import Path

_PLACES = ("refs/remotes/origin", "refs/heads")
_USUAL = tuple(f"{place}/{name}" for place in _PLACES for name in ("main", "master"))
_NAMED = "refs/remotes/origin/HEAD"


def is_clean_default(root: Path) -> bool:
    """Whether the default branch is checked out and no file differs from its commit.

    Every run ends by asking: on another branch two questions to git tell.
    """
    branch = read_branch(root)
    if not branch or branch != read_default_branch(root):
        return False
    status = read_output(_command(root, "status", "--porcelain", "--untracked-files=normal"))
    return status is not None and not status.strip()


def read_branch(root: Path) -> str:
    """The branch that is checked out; "" for a commit without one, and without git."""
    return _git(root, "symbolic-ref", "--quiet", "--short", "HEAD")


def read_default_branch(root: Path) -> str:
    """The one that the remote named when it was cloned, else the usual one that is there."""
    told = _git(root, "for-each-ref", "--format=%(refname) %(symref)", _NAMED, *_USUAL)
    found = dict(line.partition(" ")[::2] for line in told.splitlines())
    if named := found.get(_NAMED):
        return named.removeprefix("refs/remotes/").removeprefix("origin/")
    return next((name.rpartition("/")[2] for name in _USUAL if name in found), "")


def _git(root: Path, *arguments: str) -> str:
    return (read_output(_command(root, *arguments)) or "").strip()


def _command(root: Path, *arguments: str) -> tuple[str, ...]:
    return ("git", "-C", os.fspath(root), *arguments)
