"""What lies outside of the noxfile's folder and decides a verdict though nobody declared it: what
settings name there, and the folders in which Python and mypy look for modules."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.cache.elements import Unknown, digest
from cicd.config.files import files_of, folder_of
from cicd.config.outside import is_outside, place_of, there_outside
from cicd.config.parts import Backend
from cicd.steps.fingerprint.ignored import OUTPUTS
from cicd.system.file_ids import Unreadable, read_all_below

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cicd.config.parts import Part
    from cicd.steps.snapshot import Snapshot

_LENGTH = 8
_SEARCHED = ("PYTHONPATH", "MYPYPATH")
_PYTHON = (".py", ".pyi")
_OURS = os.fspath(Path(__file__).parents[2])
"""Our own code counts as a whole; our hooks reach tests by PYTHONPATH, which may start nox."""


def outside_elements(
    snapshot: Snapshot, part: Part, named: Iterable[str]
) -> Mapping[str, str] | Unknown:
    """Digests by path, as of what is declared. `named` is what the settings of the part name."""
    searched = (path for path in _searched(snapshot, part) if is_outside(path))
    known: dict[str, str] = {}
    for name in (*there_outside(snapshot.root, named), *searched):
        held = snapshot.once(("outside", name), partial(_held, snapshot, name))
        if isinstance(held, Unknown):
            return Unknown(held.reason, known)
        known.update(held)
    return known


def searched_names(snapshot: Snapshot, part: Part) -> Iterator[str]:
    """The modules of this repository that lie in a folder of such a variable."""
    for path in _searched(snapshot, part):
        if not is_outside(path):
            below = files_of(snapshot.tree).below("" if path == "." else path)
            yield from (name for name in below if name.endswith(_PYTHON))


def _searched(snapshot: Snapshot, part: Part) -> Iterator[str]:
    """The folders of the variables: those of this checkout as seen from its root."""
    if not isinstance(part, Backend):
        return
    root = os.fspath(snapshot.root)
    folder = os.path.join(root, folder_of(part.path))
    entries = (
        one for name in _SEARCHED for one in snapshot.environ.get(name, "").split(os.pathsep)
    )
    for entry in filter(None, entries):
        path = os.path.normpath(os.path.join(folder, entry))
        if path != _OURS and not path.startswith(f"{_OURS}{os.sep}"):
            ours = not os.path.isabs(entry) or f"{entry}{os.sep}".startswith(f"{root}{os.sep}")
            yield os.path.relpath(path, root) if ours else path


def _held(snapshot: Snapshot, name: str) -> Mapping[str, str] | Unknown:
    path, root = os.path.realpath(place_of(snapshot.root, name)), os.path.realpath(snapshot.root)
    try:
        held = read_all_below(path, "sha1", prune=lambda one: one == root or _is_left_out(one))
    except Unreadable as error:
        return Unknown(f"{name}, which settings or variables name: {error}")
    return {f"outside {name}": digest(held, _LENGTH)} if held else {}


def _is_left_out(folder: str) -> bool:
    """What runs and installations write beside sources: a package of such a name is none."""
    base = os.path.basename(folder)
    if base in OUTPUTS:
        return not os.path.exists(os.path.join(folder, "__init__.py"))
    return base.startswith(".") or base.endswith((".egg-info", ".dist-info"))
