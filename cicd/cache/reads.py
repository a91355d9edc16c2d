"""What was noticed while tests or migrations ran, and whether it was all declared."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cicd.system.file_ids import MADE

_TOLD = 5
_FOLDER_OF = 3
"""From so many paths of one folder on, the folder is told."""
_CACHES = re.compile(
    r"(?:^|/)(?:\.cicd|\.pytest_cache|\.mypy_cache|\.ruff_cache|\.hypothesis|__pycache__"
    r"|node_modules|\.coverage[^/]*|[^/]+\.(?:egg|dist)-info)(?:/|$)"
)
"""What tools keep for themselves beside the code."""
_OUTPUTS = re.compile(
    r"(?:^|/)(?:dist|build|out|coverage|htmlcov|storybook-static"
    r"|\.next|\.nuxt|\.output|\.svelte-kit)(?:/|$)"
)
"""Where builds put what they make, and test runners look for tests; one that they find there and
read is noticed by itself."""
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """What the watched processes of one run told, in the order in which they did.

    `watched` has the process that started each of them, and its program; `unwatched` says why
    others could tell nothing. `absent` are files
    that were looked for in vain. What the run itself made before anybody read it is left out.
    """

    watched: tuple[tuple[int, str], ...] = ()
    unwatched: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a verdict may hang on: `inputs` and `names` (all that git does not ignore) are
    relative to `root`, `declared` is as the part has it, `known` are files elsewhere that the
    key counts. `ignored` tells which of these paths git ignores: whatever appears there changes
    no key."""

    root: Path
    inputs: frozenset[str]
    names: Iterable[str]
    declared: Sequence[str]
    known: frozenset[str]
    ignored: Callable[[Sequence[str]], Iterable[str]]


def parse_notes(text: str) -> Noticed:
    """Each line is one note, its fields between tabs; a line that is cut off is left out."""
    found: dict[str, dict[str, None]] = {kind: {} for kind in ("U", "R", "A", "L", "N", "P")}
    watched: dict[tuple[int, str], None] = {}
    made: set[str] = set()
    for line in text.split("\n")[:-1]:
        kind, *fields = (_plain(field) for field in line.split("\t"))
        match kind, fields:
            case "V", [_, parent, program, *_] if parent.isdigit():
                watched[int(parent), program] = None
            case "W", [path]:
                made.add(path)
            case "R", ["there" | "absent" as state, path]:
                if not _within(path, made):
                    found["R" if state == "there" else "A"][path] = None
            case "L", [path]:
                if not _within(path, made):
                    found["L"][path] = None
            case "N", [host, port]:
                found["N"][":".join(filter(None, (host, port)))] = None
            case "P" | "U", [name]:
                found[kind][name] = None
            case _:
                found["U"]["a note of what it read is damaged"] = None
    return Noticed(
        watched=tuple(watched),
        unwatched=tuple(found["U"]),
        read=tuple(found["R"]),
        absent=tuple(found["A"]),
        listed=tuple(found["L"]),
        hosts=tuple(found["N"]),
        programs=tuple(found["P"]),
    )


def undeclared(noticed: Noticed, ground: Ground, who: str = "tests") -> str:
    """Why a run that did all this cannot stand for a later one; "" when it can. `who` did it."""
    reads = _undeclared_reads(noticed, ground)
    programs = [path for path in noticed.programs if not _is_declared(path, ground)]
    parts = (
        _tell_reads(who, _by_folder(reads, ground)),
        _tell_programs(who, [_shown(path, ground.root) for path in programs]),
        _tell_hosts(who, noticed.hosts),
    )
    return "; ".join(filter(None, parts))


def _undeclared_reads(noticed: Noticed, ground: Ground) -> list[str]:
    found = [path for path in noticed.read if not _is_input(path, ground)]
    lists = _Lists(ground)
    found += [path for path in noticed.listed if not lists.hold(path)]
    missed = [path for path in noticed.absent if not _is_input(path, ground)]
    # What appears in the repository and is not ignored is an input from then on.
    inside = [path for path in missed if _inner(path, ground.root) is not None]
    hidden = set(ground.ignored(inside)) if inside else set()
    found += [path for path in missed if path not in inside or path in hidden]
    shown = {_shown(path, ground.root) for path in found if not _is_declared(path, ground)}
    return sorted(shown)


def _is_input(path: str, ground: Ground) -> bool:
    inner = _inner(path, ground.root)
    if path in ground.known:
        return True
    return inner is not None and (inner in ground.inputs or bool(_CACHES.search(inner)))


class _Lists:
    """Which folders may be listed: where all that is in them, as git sees it, is an input or
    leads to one."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._folders: dict[str, set[str]] | None = None
        self._known: set[str] = set()

    def hold(self, path: str) -> bool:
        inner = _inner(path, self._ground.root)
        if inner is None:
            return False
        if _CACHES.search(f"{inner}/"):
            return True
        if self._folders is None:
            self._folders = _children(self._ground.names)
            self._known = {*self._ground.inputs, *_children(self._ground.inputs)}
        inside = self._folders.get(inner)
        if inside is None:
            return bool(_OUTPUTS.search(inner))
        return inside <= self._known


def _children(names: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name in names:
        while name:
            folder = posixpath.dirname(name)
            if name in found.setdefault(folder, set()):
                break
            found[folder].add(name)
            name = folder
    return found


def _is_declared(path: str, ground: Ground) -> bool:
    """What a declared folder holds counts, but for folders in it that are never read there."""
    for declared in ground.declared:
        told = os.path.realpath(ground.root / os.path.expanduser(declared))
        if path == told:
            return True
        below = told.rstrip("/") + "/"
        if path.startswith(below) and MADE.isdisjoint(path[len(below) :].split("/")):
            return True
    return False


def _inner(path: str, root: Path) -> str | None:
    """The path from the repository's root on; None for one outside."""
    base = os.fspath(root)
    if path == base:
        return ""
    return path[len(base) + 1 :] if path.startswith(f"{base}/") else None


def _shown(path: str, root: Path) -> str:
    """As `reads` has it: from the noxfile's folder on where that is near, else whole."""
    inner = _inner(path, root)
    if inner is not None:
        return inner or "."
    near = os.path.relpath(path, root)
    return path if near.startswith("../../") else near


def _within(path: str, folders: set[str]) -> bool:
    while path not in folders:
        above = posixpath.dirname(path)
        if above == path:
            return False
        path = above
    return True


def _tell_reads(who: str, told: Sequence[str]) -> str:
    if not told:
        return ""
    more = f" and {len(told) - _TOLD} more" if len(told) > _TOLD else ""
    one = len(told) == 1
    names = f"{', '.join(told[:_TOLD])}{more}"
    which = "which is not among the inputs" if one else "which are not among the inputs"
    return f"the {who} read {names}, {which}: declare {'it' if one else 'them'} with {_field(told)}"


def _by_folder(paths: Sequence[str], ground: Ground) -> list[str]:
    """Many files of one folder are told as that folder, unless it holds inputs as well."""
    folders: dict[str, list[str]] = {}
    for path in paths:
        folders.setdefault(posixpath.dirname(path), []).append(path)
    mixed = {"", *_children(ground.inputs)} if paths else set()
    told: set[str] = set()
    for folder, inside in folders.items():
        whole = len(inside) >= _FOLDER_OF and folder not in mixed
        told.update([folder] if whole else inside)
    return sorted(path for path in told if not _within(posixpath.dirname(path), told - {path}))


def _tell_programs(who: str, programs: Sequence[str]) -> str:
    if not programs:
        return ""
    names = ", ".join(programs[:_TOLD])
    what = "which is a program" if len(programs) == 1 else "which are programs"
    vouches = f"{_field(programs)} vouches for {'it' if len(programs) == 1 else 'them'}"
    return f"the {who} start {names}, {what} whose reads are not seen: {vouches}"


def _tell_hosts(who: str, hosts: Sequence[str]) -> str:
    if not hosts:
        return ""
    more = f" and {len(hosts) - _TOLD} more" if len(hosts) > _TOLD else ""
    names = f"{', '.join(hosts[:_TOLD])}{more}"
    return f"the {who} ask the network for {names}: reuse=False says that they always run"


def _field(paths: Sequence[str]) -> str:
    quoted = ", ".join(f'"{path}"' for path in paths[:_TOLD])
    return f"reads=({quoted}{',' if len(paths) == 1 else ''})"


def _plain(field: str) -> str:
    marks = {"t": "\t", "n": "\n"}
    return _ESCAPED.sub(lambda found: marks.get(found[1], found[1]), field)
