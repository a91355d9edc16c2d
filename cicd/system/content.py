"""What is in the files of a repository: a name for each file's content, and one for them all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd.system.file_ids import LINK, Unreadable, read_all_below, read_id
from cicd.system.git import read_tree
from cicd.system.links import Targets
from cicd.system.listing import Listing, list_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

_LENGTH = 32
_SHORT = 12
_TOLD = 200
"""So many names a record can hold; of a larger part folders are told instead of files."""
_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Contents:
    """`ids` maps each file (relative to the root, with `/`) to a name for its mode and content.

    The same content has the same id on every machine, committed or not. What the files of
    `unread` hold cannot be told, each with the reason. `unlisted` says why git could not list
    the files: then ignored ones are among them. Else `ignored` has those, or a name with `/` at
    its end for a whole folder of them.
    """

    ids: Mapping[str, str]
    unread: Mapping[str, str] = field(default_factory=dict)
    unlisted: str = ""
    ignored: Sequence[str] = ()

    def key(self, names: Iterable[str]) -> str:
        """One name for the content of these files; those that are not there do not count."""
        return _digest(self._lines(names))[:_LENGTH]

    def overview(self, names: Iterable[str]) -> dict[str, str]:
        """A short key for each of these files; for each folder where there are too many."""
        there = self._there(names)
        depth = max((name.count("/") for name in there), default=0) + 1
        while len(groups := _grouped(there, depth)) > _TOLD and depth > 1:
            depth -= 1
        return {group: _digest(self._lines(inside))[:_SHORT] for group, inside in groups.items()}

    def _lines(self, names: Iterable[str]) -> list[str]:
        ids = self.ids
        return [f"{name}\0{ids[name]}\n" for name in self._there(names)]

    def _there(self, names: Iterable[str]) -> list[str]:
        """Those of the names that are there, sorted: the ids nearly are, which is 30 times as
        fast as to sort 100,000 names of a set."""
        ids, names = self.ids, frozenset(names)
        if len(names) * 8 < len(ids):
            return sorted(name for name in names if name in ids)
        return [name for name in sorted(ids) if name in names]


def read_contents(root: Path) -> Contents:
    """What lies in `root` and is not ignored, as it is now; asks git once, and once for each
    repository inside.

    git has an id for what it tracks; only files that differ from that, and untracked ones,
    are read. Without git every file is.
    """
    listed = list_files(root)
    listing = listed if isinstance(listed, Listing) else Listing(changed=[*read_tree(root).files])
    found = dict[str, str]()
    unread = dict[str, str]()
    _read_each(found, unread, listing.changed, lambda name: read_id(f"{root}/{name}", listing.kind))
    _read_each(found, unread, listing.repositories, lambda name: _read_repository(root / name))
    ids = {**listing.ids, **found}
    links = [name for name in (*listing.links, *found) if ids[name].startswith(LINK)]
    if links:
        targets = Targets(os.fspath(root), ids, listing.kind)
        _read_each(ids, unread, {*links}, lambda name: f"{ids[name]} {targets.read(name)}")
    for name in found:
        if not ids[name]:  # deleted
            del ids[name]
    return Contents(ids, unread, "" if listing is listed else str(listed), listing.ignored)


def _read_each(
    ids: dict[str, str], unread: dict[str, str], names: Iterable[str], read: Callable[[str], str]
) -> None:
    for name in names:
        try:
            ids[name] = read(name)
        except Unreadable as error:
            ids[name], unread[name] = _UNKNOWN, str(error)


def _read_repository(path: Path) -> str:
    """The content of a submodule, or of a repository that nobody declared: committed or not."""
    if not (path / ".git").exists():
        return read_all_below(os.fspath(path), "sha1")  # one that is not initialised is empty
    inner = read_contents(path)
    if why := inner.unlisted or next(iter(inner.unread.values()), ""):
        raise Unreadable(why)
    return f"160000 {inner.key(inner.ids)} 0"


def _grouped(names: Iterable[str], depth: int) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault("/".join(name.split("/")[:depth]), []).append(name)
    return groups


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("".join(lines).encode(errors="surrogateescape")).hexdigest()
