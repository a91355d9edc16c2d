"""What is installed and no lock tells: what nobody pinned, and what somebody changed by hand."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.cache.elements import BY_HAND, INSTALLED, Unknown
from cicd.config.node import has_lock, lock_root
from cicd.steps.fingerprint.answers import once
from cicd.steps.fingerprint.borrowed import borrowed_environments
from cicd.steps.fingerprint.used import is_lost
from cicd.system.node_packages import made_path, read_changes, read_everything
from cicd.system.python_packages import read_made, read_packages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.config.parts import Backend, Frontend
    from cicd.steps.snapshot import Snapshot
    from cicd.steps.subject import Subject
    from cicd.system.python_packages import Made

_READING = ("format", "lint", "types")
_LOCKED = frozenset(("uv", "poetry", "pdm", "pylock"))


def installed_by_python(
    snapshot: Snapshot, subject: Subject, part: Backend, minor: str
) -> Mapping[str, str] | Unknown:
    """Without a lock every package; with one, those that `cicd` added to what it lists.

    A lock is trusted where no environment is. What it does not list nobody knows there; and
    whoever kept a verdict knew it, so that theirs is another key.
    """
    environment = snapshot.state / "environments" / f"{_name(part)}-{minor}"
    if is_lost(environment):
        return Unknown(f"the environment of {part.path} was removed or made anew meanwhile")
    made = _read(snapshot, environment)
    locked = part.install in _LOCKED
    if made is None:
        needs = f"what {part.path} needs is not installed yet, and no lock tells versions"
        return {} if locked else Unknown(needs)
    found = {f"{INSTALLED}{name}": text for name, text in _counted(made, locked).items()}
    changed = dict(made.changes)
    for verb in _READING if subject.part is None else {subject.verb}.intersection(_READING):
        for tools in borrowed_environments(snapshot, part, verb, environment):
            if is_lost(tools):
                return Unknown(f"the tools of {part.path} were removed or made anew meanwhile")
            if lent := _read(snapshot, tools):
                found |= {f"{INSTALLED}tool {name}": text for name, text in lent.now.items()}
                changed |= lent.changes
    return {**found, **by_hand(changed)}


def _counted(held: _Held, locked: bool) -> Mapping[str, str]:
    return held.made.added if locked else held.now


@dataclass(frozen=True, slots=True)
class _Held:
    made: Made
    now: Mapping[str, str]

    @property
    def changes(self) -> dict[str, tuple[str, str]]:
        """What is there otherwise than when it was installed."""
        before, now = self.made.packages, self.now
        names = (name for name in {*before, *now} if before.get(name) != now.get(name))
        return {name: (before.get(name, "none"), now.get(name, "none")) for name in names}


def _read(snapshot: Snapshot, environment: Path) -> _Held | None:
    """None for an environment that is not there or broken: the next session makes it anew."""

    def read() -> _Held | None:
        made = read_made(environment)
        return _Held(made, read_packages(environment)) if made else None

    return once(snapshot, f"environment {environment}", read)


def installed_by_node(snapshot: Snapshot, part: Frontend) -> Mapping[str, str] | Unknown:
    """Without a lock all that the package manager wrote down of what it installed."""
    above, manager = str(lock_root(snapshot.tree, part)), str(part.package_manager)
    root = snapshot.root / above
    folder = os.path.relpath(part.path, above).replace(os.sep, "/")
    changed = read_changes(made_path(snapshot.state, above), root, folder)
    found = by_hand(changed)
    if has_lock(snapshot.tree, part):
        return found
    everything = read_everything(root, manager)
    if not everything:
        return Unknown(f"{part.path} has no lock file, and what it gets is not installed yet")
    return {f"{INSTALLED}packages": everything, **found}


def by_hand(changed: Mapping[str, tuple[str, str]]) -> Mapping[str, str]:
    """One element, "pytest 8.1 → 8.2", or none."""
    told = ", ".join(f"{name} {was} → {now}" for name, (was, now) in sorted(changed.items()))
    return {BY_HAND: told} if told else {}


def _name(part: Backend) -> str:
    return part.name if isinstance(part.name, str) else Path(part.path).name or "backend"
