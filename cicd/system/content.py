"""What is in the files of a repository: a name for each file's content, and one for them all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.system.ask import read_output
from cicd.system.git import read_tree

if TYPE_CHECKING:
    from collections.abc import Iterable

_LENGTH = 32
_SHORT = 12
_TOLD = 200
"""So many names a record can hold; of a larger part folders are told instead of files."""
_SHA1_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Contents:
    """`ids` maps each file (relative to the root, with `/`) to a name for its mode and content.

    The same content has the same id on every machine, committed or not.
    """

    ids: Mapping[str, str]

    def key(self, names: Iterable[str]) -> str:
        """One name for the content of these files; those that are not there do not count."""
        return _digest(self._lines(names))[:_LENGTH]

    def overview(self, names: Iterable[str]) -> dict[str, str]:
        """A short key for each of these files; for each folder where there are too many."""
        there = sorted({name for name in names if name in self.ids})
        depth = max((name.count("/") for name in there), default=0) + 1
        while len(groups := _grouped(there, depth)) > _TOLD and depth > 1:
            depth -= 1
        return {group: _digest(self._lines(inside))[:_SHORT] for group, inside in groups.items()}

    def _lines(self, names: Iterable[str]) -> list[str]:
        return [f"{name}\0{self.ids[name]}\n" for name in sorted(set(names)) if name in self.ids]


def read_contents(root: Path) -> Contents:
    """What lies in `root` and is not ignored, as it is now; asks git once.

    git has an id for what it tracks; only files that differ from that, and untracked ones,
    are read. Without git every file is.
    """
    asked = ("ls-files", "-t", "-z", "--stage", "--modified", "--deleted", "--others")
    listed = read_output(("git", "-C", os.fspath(root), *asked, "--exclude-standard"))
    if listed is None:
        names = read_tree(root).files
        return Contents({name: id for name in names if (id := _read_id(root / name, "sha1"))})
    return Contents(_with_changes(root, *_parse(listed)))


def _parse(listed: str) -> tuple[dict[str, str], dict[str, None]]:
    """The ids of the index, and the files that are not as the index has them.

    https://git-scm.com/docs/git-ls-files#_output: "H 100644 <id> 0<tab><path>"; C is changed,
    R removed, M unmerged, "? <path>" untracked.
    """
    ids: dict[str, str] = {}
    changed: dict[str, None] = {}
    for line in listed.split("\0"):
        tag, _, rest = line.partition(" ")
        if tag == "?":
            changed[rest] = None
        elif rest:
            entry, _, name = rest.partition("\t")
            mode, id, _ = entry.split(" ")
            ids[name] = f"{mode} {id}"
            if tag not in ("H", "S"):
                changed[name] = None
    return ids, changed


def _with_changes(root: Path, ids: dict[str, str], changed: Iterable[str]) -> dict[str, str]:
    known = next(iter(ids.values()), "").rpartition(" ")[2]
    kind = "sha1" if len(known) in (0, _SHA1_LENGTH) else "sha256"
    for name in changed:
        if id := _read_id(root / name, kind):
            ids[name] = id
        else:
            ids.pop(name, None)
    return ids


def _read_id(path: Path, kind: str) -> str:
    """As git would name it (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects)."""
    try:
        if path.is_symlink():
            return f"120000 {_blob(os.fsencode(os.readlink(path)), kind)}"
        if path.is_dir():  # a submodule at another commit, or a repository in the repository
            return f"160000 {(read_output(_head(path)) or '').strip()}"
        mode = "100755" if path.stat().st_mode & 0o100 else "100644"
        return f"{mode} {_blob(path.read_bytes(), kind)}"
    except OSError:  # deleted, or not for us to read
        return ""


def _head(path: Path) -> tuple[str, ...]:
    return ("git", "-C", os.fspath(path), "rev-parse", "HEAD")


def _blob(content: bytes, kind: str) -> str:
    digest = hashlib.new(kind, b"blob %d\0" % len(content), usedforsecurity=False)
    digest.update(content)
    return digest.hexdigest()


def _grouped(names: Iterable[str], depth: int) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault("/".join(name.split("/")[:depth]), []).append(name)
    return groups


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("".join(lines).encode(errors="surrogateescape")).hexdigest()
