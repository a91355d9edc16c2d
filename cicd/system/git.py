"""What git knows about a repository."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.system.ask import asking
from cicd.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicd.system.ask import Answer

_ELSEWHERE = frozenset(
    "GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_COMMON_DIR GIT_PREFIX GIT_NAMESPACE "
    "GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_LITERAL_PATHSPECS "
    "GIT_GLOB_PATHSPECS GIT_NOGLOB_PATHSPECS GIT_ICASE_PATHSPECS".split()
)
"""What git sets for its hooks (`git rev-parse --local-env-vars`): with these it speaks of the
repository of the hook, and not of the one in the folder that is asked about."""
_NOT_LISTED = {".git", ".nox", ".cicd", ".venv", "venv", "node_modules", "__pycache__"}


def read_tree(root: Path) -> Tree:
    """The files below `root` that git does not ignore: tracked and untracked.

    Without git, or outside a repository: every file, without the folders that tools make.
    """
    listed = _list_with_git(root)
    files = _walk(root) if listed is None else listed
    return Tree(root, tuple(files))


def read_commit(root: Path) -> str:
    """The commit that is checked out, with "+" when files differ from it; "" without git."""
    lines = (_git(root, "status", "--porcelain=v2", "--branch") or "").splitlines()
    head = lines[0].rpartition(" ")[2] if lines else ""
    changed = any(not line.startswith("#") for line in lines)
    return f"{head}{'+' if changed else ''}" if head not in ("", "(initial)") else ""


def _list_with_git(root: Path) -> list[str] | None:
    listed = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if listed is None:
        return None
    # A path stands once for each side of a merge conflict, and a deleted file still stands.
    return [file for file in dict.fromkeys(listed.split("\0")) if file]


def asking_git(root: Path, *arguments: str) -> Callable[[], Answer]:
    """Asks about the repository in this folder, and writes nothing there; see `asking`."""
    kept = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    environ = {**kept, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    return asking(("git", "-C", os.fspath(root), *arguments), environ)


def _git(root: Path, *arguments: str) -> str | None:
    return asking_git(root, *arguments)().output


def _walk(root: Path) -> list[str]:
    files = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(set(folders) - _NOT_LISTED)
        files += [os.path.relpath(os.path.join(folder, name), root) for name in sorted(names)]
    return [file.replace(os.sep, "/") for file in files]
