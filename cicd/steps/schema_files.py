"""The files that decide what a migrated database holds."""

from __future__ import annotations

import hashlib
import re
import stat
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from cicd.config.migrations import migration_inputs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cicd.config.parts import Backend
    from cicd.steps.work import Work
    from cicd.tree import Tree

_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "requirements.txt")
_MADE = re.compile(r"(^|/)(\.|__pycache__/|htmlcov/|coverage\.|[^/]+\.egg-info/)|\.pyc$")


def schema_key(work: Work, part: Backend, version: str) -> str:
    """The content of the migrations and of the locks, the part's settings, and `version`."""
    root = work.place.root
    locks = (PurePosixPath(part.path, name) for name in _LOCKS)
    paths = [path for path in (*schema_inputs(work, part), *locks) if (root / path).is_file()]
    contents = (f"{path}\0{read_digest(root / path)}" for path in paths)
    return digest((version, repr(part), *contents))


def schema_inputs(work: Work, part: Backend) -> Iterable[PurePosixPath]:
    """The files that the schema comes from; of a command of the user's own, any may be one."""
    if isinstance(part.migrations, tuple):
        return work.tree.below(PurePosixPath(part.path))
    return migration_inputs(work.tree, part)


def schema_names(tree: Tree, part: Backend) -> Iterator[str]:
    """A new file may be found by migrations without being opened, or stand in for a module."""
    inside = "" if part.path == "." else f"{part.path}/"
    for name in tree.files:
        if name.startswith(inside) or name.endswith(".py"):
            if not _is_test(name) and not is_made(name):
                yield name


def is_made(name: str) -> bool:
    """Whether tools made it, where git is not told to ignore that. A hidden file that is not
    there yet is asked for by its name."""
    return _MADE.search(name) is not None


def _is_test(name: str) -> bool:
    *folders, base = name.split("/")
    in_tests = not {"test", "tests"}.isdisjoint(folders)
    return in_tests or base == "conftest.py" or base.startswith("test_")


def read_digest(path: Path) -> str:
    """A name for what is in a file; one also for what is none."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return "no file"
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return "not there"


def changed_at_ns(path: Path) -> int:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return 0
    return max(found.st_mtime_ns, found.st_ctime_ns) if stat.S_ISREG(found.st_mode) else 0


def digest(lines: Iterable[str]) -> str:
    text = "\0\n".join(lines)
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
