"""`--affected` for a frontend: since when, and whether a change may reach anything."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cicd.config.inputs import part_inputs
from cicd.config.node import lock_root
from cicd.frontend.affected import why_all, why_unfit
from cicd.frontend.package import read_package
from cicd.system.ask import read_output
from cicd.system.git_state import read_git_state

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.config.parts import Frontend
    from cicd.frontend.toolchain import Toolchain
    from cicd.steps.work import Work


def changed_since(work: Work, part: Frontend, toolchain: Toolchain) -> str:
    """The commit where this branch left the default branch, else the checked out one; empty,
    and said in a line, where every test has to run."""
    package = read_package(toolchain.folder, toolchain.lock_root)
    base = "" if (why := why_unfit(part, package)) else _base(work)
    if base:
        why = why_all(_changed(work, part, base), part.path)
    elif not why:
        why = "git knows no commit here"
    if why:
        work.say(f"--affected: {why}: every test runs")
        return ""
    work.say(f"--affected: what changed since {base[:10]} can reach")
    return base


def _base(work: Work) -> str:
    root = work.place.root
    state = read_git_state(root, work.environ)
    if state is None:
        return ""
    default = state.default_branch
    for name in (f"refs/remotes/origin/{default}", f"refs/heads/{default}") if default else ():
        if found := _git(root, "merge-base", "HEAD", name).strip():
            return found
    return state.commit


def _changed(work: Work, part: Frontend, base: str) -> set[str]:
    """Files of the part that differ from the commit, those that are gone too."""
    root = work.place.root
    prefix = _git(root, "rev-parse", "--show-prefix").strip()
    named = _git(root, "diff", "--name-only", "--no-renames", "-z", base, "--", ".")
    changed = [name.removeprefix(prefix) for name in named.split("\0") if name]
    new = _git(root, "ls-files", "--others", "--exclude-standard", "-z").split("\0")
    inputs = part_inputs(work.tree, part, ())
    below = (f"{part.path}/", f"{lock_root(work.tree, part)}/")
    return {n for n in (*changed, *new) if n and (n in inputs or _near(n, below))}


def _near(name: str, below: tuple[str, ...]) -> bool:
    """What is gone is in no list of inputs: whatever lies at the root counts, too."""
    return name.startswith(below) or "/" not in name


def _git(root: Path, *arguments: str) -> str:
    return read_output(("git", "-C", os.fspath(root), *arguments)) or ""
