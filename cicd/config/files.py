"""What discovery reads: the files of a tree by name, each read and parsed once."""

from __future__ import annotations

import json
import os
import tomllib
from bisect import bisect_left
from typing import TYPE_CHECKING

from cicd.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from cicd.tree import Tree

_last: list[tuple[Tree, Files]] = []


def files_of(tree: Tree) -> Files:
    """The files of this tree; one tree is looked at once, however many fields are asked for."""
    if not _last or _last[0][0] is not tree:
        _last[:] = [(tree, Files(tree))]
    return _last[0][1]


class Files:
    """Names are relative to the root, with `/`; a folder is "" (the root) or "apps/api"."""

    __slots__ = (
        "root",
        "names",
        "_root",
        "_known",
        "_folders",
        "_more",
        "_inside",
        "_texts",
        "_parsed",
    )

    def __init__(self, tree: Tree) -> None:
        self.root = tree.root
        self.names = sorted(tree.files)
        self._root = f"{tree.root}/"
        self._known = frozenset(self.names)
        self._texts: dict[str, str] = {}
        self._parsed: dict[str, Any] = {}
        self._inside: dict[str, list[str]] = {}
        # Most names are there once: 100,000 lists would take longer than to list the files.
        self._folders: dict[str, str] = {}
        self._more: dict[str, list[str]] = {}
        for name in self.names:
            folder, _, base = name.rpartition("/")
            if self._folders.setdefault(base, folder) is not folder:
                self._more.setdefault(base, []).append(folder)

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def bases(self) -> Iterator[str]:
        """All names without their folders, each once."""
        return iter(self._folders)

    def folders(self, base: str) -> list[str]:
        """The folders that hold a file of this name."""
        if base not in self._folders:
            return []
        return [self._folders[base], *self._more.get(base, ())]

    def below(self, folder: str) -> list[str]:
        """Everything in the folder and its folders."""
        if not folder:
            return self.names
        start = bisect_left(self.names, f"{folder}/")
        return self.names[start : bisect_left(self.names, f"{folder}0")]  # "0" follows "/"

    def holds(self, folder: str) -> bool:
        """Whether there is a file in the folder, in whatever depth."""
        start = f"{folder}/"
        first = bisect_left(self.names, start)
        return first < len(self.names) and self.names[first].startswith(start)

    def inside(self, folder: str) -> list[str]:
        """The files that lie in the folder itself."""
        if folder not in self._inside:
            self._inside[folder] = list(self._lying_in(folder))
        return self._inside[folder]

    def _lying_in(self, folder: str) -> Iterator[str]:
        names, start, at = self.below(folder), len(folder) + 1 if folder else 0, 0
        while at < len(names):
            slash = names[at].find("/", start)
            if slash < 0:
                yield names[at]
                at += 1
            else:  # over all of the inner folder
                at = bisect_left(names, f"{names[at][:slash]}0", at)

    def first(self, folder: str, *bases: str) -> str:
        """The first of these files that the folder has, or ""."""
        return next((file for base in bases if (file := join(folder, base)) in self._known), "")

    def text(self, name: str) -> str:
        """The content, or "" of a file that the tree has not, be it there (ignored) or not."""
        if name not in self._known:
            return ""
        if name not in self._texts:
            try:
                path, coding = self._root + name, "utf-8-sig"
                with open(path, encoding=coding, errors="replace", opener=_open) as file:
                    self._texts[name] = file.read()
            except OSError:
                self._texts[name] = ""
        return self._texts[name]

    def toml(self, name: str) -> dict[str, Any]:
        return self._parse(name, tomllib.loads, "TOML")

    def json(self, name: str) -> dict[str, Any]:
        return self._parse(name, json.loads, "JSON")

    def _parse(self, name: str, load: Callable[[str], Any], form: str) -> dict[str, Any]:
        if name not in self._parsed:
            try:
                found = load(self.text(name)) if name in self._known else {}
            except ValueError as error:
                raise SettingsError(f"{name} cannot be read as {form}\n  {error}") from error
            self._parsed[name] = found if isinstance(found, dict) else {}
        parsed: dict[str, Any] = self._parsed[name]
        return parsed

    def headings(self, name: str) -> list[tuple[str, int]]:
        """The sections of a settings file with their lines: ("tool.mypy", 40)."""
        lines = enumerate(self.text(name).splitlines(), start=1)
        return [
            (line.strip("[").partition("]")[0].strip(), n) for n, line in lines if line[:1] == "["
        ]

    def at(self, name: str, needle: str) -> str:
        """Where the text stands: "backend/pyproject.toml:5"; the file alone when it does not."""
        position = self.text(name).find(needle)
        return f"{name}:{line_at(self.text(name), position)}" if position >= 0 else name


def _open(path: str, flags: int) -> int:
    """A pipe in the place of a file would wait for somebody to write."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def join(folder: str, base: str) -> str:
    return f"{folder}/{base}" if folder else base


def parent(folder: str) -> str:
    return folder.rpartition("/")[0]


def upward(folder: str) -> Iterator[str]:
    """The folder, then each folder above it, up to the root."""
    yield folder
    while folder:
        folder = parent(folder)
        yield folder


def folder_of(path: str) -> str:
    """A part's path as a folder: "./backend/" is "backend", "." is ""."""
    pieces = [piece for piece in path.replace("\\", "/").split("/") if piece not in ("", ".")]
    return "/".join(pieces)


def line_at(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
