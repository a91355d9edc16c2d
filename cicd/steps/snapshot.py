"""The repository and the machine as they are, for the keys of all sessions of a process."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from cicd.system.content import Contents, read_contents
from cicd.system.noxfile import NOXFILE, loaded_noxfile
from cicd.system.run_name import RUN_VARIABLE
from cicd.system.state import STATE
from cicd.tree import Tree

if TYPE_CHECKING:
    from cicd.cache.store import Store

_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """`environ` is what the commands of sessions are given. `noxfile` lies in `root`."""

    root: Path
    environ: Mapping[str, str]
    noxfile: str = NOXFILE
    _made: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, name: Hashable, make: Callable[[], _T]) -> _T:
        """What `make` returns: called for the first session of this snapshot that asks."""
        if name not in self._made:
            self._made[name] = make()
        made: _T = self._made[name]
        return made

    @property
    def state(self) -> Path:
        return self.root / STATE

    @cached_property
    def contents(self) -> Contents:
        """Read once, when it is first asked for: git is asked once for all sessions."""
        return read_contents(self.root)

    @cached_property
    def tree(self) -> Tree:
        return Tree(self.root, tuple(sorted(self.contents.ids)))

    @cached_property
    def store(self) -> Store:
        from cicd.cache.mode import read_mode, read_shared
        from cicd.cache.store import FOLDER, Store

        shared, writes = read_shared(self.environ), read_mode(self.environ).writes
        return Store(self.state / FOLDER, shared, writes)


def take_snapshot(root: Path, environ: Mapping[str, str], noxfile: str = NOXFILE) -> Snapshot:
    kept = {name: value for name, value in environ.items() if name != RUN_VARIABLE}
    return Snapshot(root=root, environ=kept, noxfile=noxfile)


_last: list[Snapshot] = []


def current_snapshot() -> Snapshot:
    """The one of this process: taken when it is first asked for, and after `forget_snapshot`."""
    if not _last:
        _last.append(take_snapshot(Path.cwd(), os.environ, loaded_noxfile()))
    return _last[0]


def forget_snapshot() -> None:
    """A session has run, and may have changed files."""
    _last.clear()
