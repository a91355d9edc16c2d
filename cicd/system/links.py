"""What symbolic links of a repository lead to."""

from __future__ import annotations

import hashlib
import os
from bisect import bisect_left
from typing import TYPE_CHECKING

from cicd.system.file_ids import LINK, read_all_below

if TYPE_CHECKING:
    from collections.abc import Mapping


class Targets:
    """`ids` names the content of the files of the repository in `root`, without what its links
    lead to; git lists a link, and nothing of what is reached through it."""

    def __init__(self, root: str, ids: Mapping[str, str], kind: str) -> None:
        self._root, self._ids, self._kind = os.path.realpath(root), dict(ids), kind
        self._names = sorted(ids)
        self._known: dict[str, str] = {}

    def read(self, link: str) -> str:
        """One name for all that is reached through the link, and through links in there; also
        where git ignores it, or outside of the repository. Raises `Unreadable`."""
        lines, waiting, first = [], [link], dict[str, str]()
        while waiting:
            name = waiting.pop()
            target = os.path.realpath(f"{self._root}/{name}")
            if target in first:
                lines.append(f"{name}\0as {first[target]}\n")
                continue
            first[target] = name
            inside = self._listed(target)
            lines += [f"{name}\0{one}\0{self._ids[one]}\n" for one in inside]
            if not inside:
                lines.append(f"{name}\0{self._read(target)}\n")
            waiting += [one for one in inside if self._ids[one].startswith(LINK)]
        text = "".join(lines).encode(errors="surrogateescape")
        return hashlib.sha256(text).hexdigest()

    def _listed(self, target: str) -> list[str]:
        """The files of the repository that lie there."""
        if target == self._root:
            return self._names
        name = os.path.relpath(target, self._root)
        if name in self._ids:
            return [name]
        start = bisect_left(self._names, f"{name}/")
        return self._names[start : bisect_left(self._names, f"{name}0")]  # "0" follows "/"

    def _read(self, target: str) -> str:
        if target not in self._known:
            self._known[target] = read_all_below(target, self._kind)
        return self._known[target]
