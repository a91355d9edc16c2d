"""Where the images of a repository on GitHub are published: on GitHub's own registry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.config.finding import Finding

if TYPE_CHECKING:
    from pathlib import Path

_ORIGIN = re.compile(r'^\[remote "origin"\]\s*$(?P<body>(?:\n(?!\[).*)*)', re.M)
_URL = re.compile(r"^\s*url\s*=\s*(\S+)", re.M)
_GITHUB = re.compile(r"(?:^|[/@.])github\.com[:/]+([\w.-]+)/([\w.-]+?)(?:\.git)?/?$")


def find_repository(root: Path, name: str) -> Finding:
    """ghcr.io/owner/repository/image for a remote `origin` on GitHub, else none."""
    owner, repository = _github(root)
    if not repository:
        return Finding(())
    return Finding((f"ghcr.io/{owner}/{repository}/{name}".lower(),), "the remote origin")


def _github(root: Path) -> tuple[str, str]:
    """Read from git's own file: a process would take longer than all the rest."""
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            section = _ORIGIN.search(_config(folder / ".git"))
            url = _URL.search(section["body"]) if section else None
            found = _GITHUB.search(url[1]) if url else None
            return (found[1], found[2]) if found else ("", "")
    return "", ""


def _config(git: Path) -> str:
    """The settings of a repository; a worktree's `.git` is a file that says where they are."""
    try:
        if git.is_file():
            git = (git.parent / git.read_text().partition("gitdir:")[2].strip()).resolve()
            common = git / "commondir"
            git = (git / common.read_text().strip()).resolve() if common.is_file() else git
        return (git / "config").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
