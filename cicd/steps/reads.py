"""Tests and migrations are watched: a run that read more than its key knows is not kept."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.cache.reads import Ground, parse_notes, undeclared
from cicd.steps.fingerprint.assemble import input_names
from cicd.steps.fingerprint.unlisted import around_paths, ignored_settings
from cicd.system.state import STATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from cicd.cache.reads import Noticed
    from cicd.config.parts import Part
    from cicd.steps.snapshot import Snapshot
    from cicd.steps.subject import Subject
    from cicd.steps.work import Work

TEMPLATE = ".template"
"""What follows the session's name where the migrations of its template told what they read."""
_FOLDER = "reads"
_MANAGER = "manager"
_AT_ONCE = 1000
"""Paths in one question to git: a command line has an end."""
_QUOTED = re.compile(r'["\\\x00-\x1f\x7f\x85\u2028\u2029]')


def watching(work: Work, of: str = "") -> dict[str, str]:
    """The variables under which a process notes what it reads; nothing is noted so far."""
    path = notes_path(work.run.folder, work.session, of)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    return {
        "CICD_READS": os.fspath(path),
        "CICD_READS_ROOT": os.path.realpath(work.place.root),
        "CICD_READS_SINCE": f"{time.time():.3f}",
    }


def why_unreliable(snapshot: Snapshot, subject: Subject, run: str) -> str:
    """Why this run, green as it was, says nothing of a later one: it read what is not declared,
    or nobody saw what it read; "" for one that may be kept."""
    told = (_why(snapshot, subject, path, who) for path, who in _watched(snapshot, subject, run))
    return "; ".join(filter(None, told))


def notes_path(run: Path, session: str, of: str = "") -> Path:
    return run / _FOLDER / f"{session}{of}"


def _watched(snapshot: Snapshot, subject: Subject, run: str) -> Iterator[tuple[Path, str]]:
    """Where code of the project's own told what it read, and what that is. Formatters, linters
    and type checkers read what they are given, and their settings; builds start tools that read
    by themselves; a migrate command of the user's own tells nothing."""
    folder = snapshot.state / "runs" / run
    if subject.part is None:
        return
    if subject.verb == "test":
        yield notes_path(folder, subject.session), "tests"
        template = notes_path(folder, subject.session, TEMPLATE)
        if template.exists():
            yield template, "migrations"
    elif subject.verb == "migrations":
        if not isinstance(getattr(subject.part, "migrations", None), tuple):
            yield notes_path(folder, subject.session), "migrations"


def _why(snapshot: Snapshot, subject: Subject, path: Path, who: str) -> str:
    noticed = _read_notes(path)
    # Those of a template that is kept were started by the run that made it.
    if why := _why_unwatched(noticed, parent=None if path.suffix == TEMPLATE else os.getpid()):
        return f"its {who} are not watched: {why}"
    ground = snapshot.once(("ground", subject.session), lambda: _ground(snapshot, subject))
    return undeclared(noticed, ground, who)


def _read_notes(path: Path) -> Noticed:
    try:
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        text = ""
    return parse_notes(text)


def _why_unwatched(noticed: Noticed, parent: int | None) -> str:
    """The process that we started must have told, and behind a package manager another one."""
    ours = [program for above, program in noticed.watched if parent in (None, above)]
    if not ours:
        return "the program that runs them told nothing of what it read"
    if noticed.unwatched:
        return "; ".join(noticed.unwatched)
    if _MANAGER in ours and all(program == _MANAGER for _, program in noticed.watched):
        return "no Node that the package manager started told what it read"
    return ""


def _ground(snapshot: Snapshot, subject: Subject) -> Ground:
    assert subject.part is not None
    root = snapshot.root.resolve()

    def ignored(paths: Sequence[str]) -> Iterable[str]:
        return _ignored(root, paths)

    return Ground(
        root=root,
        inputs=input_names(snapshot, subject),
        names=snapshot.contents.ids,
        declared=subject.part.reads,
        known=_counted(snapshot, root, subject.part),
        ignored=ignored,
    )


def _counted(snapshot: Snapshot, root: Path, part: Part) -> frozenset[str]:
    """Files that git does not list and the key counts all the same, there or not."""
    ignored = (os.fspath(root / name) for name in ignored_settings(part))
    around = around_paths(snapshot).values()
    return frozenset((*ignored, *around, *map(os.path.realpath, around), *_ours()))


def _ours() -> Iterable[str]:
    """Our own code counts in every key. nox may have installed it in the repository, in `.nox`."""
    package = Path(__file__).parents[1]
    return (os.path.realpath(path) for path in package.rglob("*") if path.is_file())


def _ignored(root: Path, paths: Sequence[str]) -> Iterable[str]:
    """Those of these paths that git ignores; all of them where git cannot say."""
    for begin in range(0, len(paths), _AT_ONCE):
        yield from _ignored_of(root, paths[begin : begin + _AT_ONCE])


def _ignored_of(root: Path, paths: Sequence[str]) -> Iterable[str]:
    from cicd.system.ask import read_output

    if any(_QUOTED.search(path) for path in paths):
        return paths
    # It fails where none of them is ignored: one that always is makes failures real ones.
    ours = os.fspath(root / STATE / _FOLDER)
    git = ("git", "-C", os.fspath(root), "-c", "core.quotePath=false")
    told = read_output((*git, "check-ignore", "--", *paths, ours))
    return paths if told is None else told.splitlines()
