"""Which files can decide what is found in a part: its own, settings above it, its dependencies."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from cicd.config.files import files_of, folder_of, join, parent, upward
from cicd.config.followed import followed
from cicd.config.outside import OUTSIDE, is_outside, is_short, named_outside
from cicd.config.skipped import is_never

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cicd.config.files import Files
    from cicd.config.parts import Part
    from cicd.tree import Tree

_DOCUMENTS = (".md", ".rst", ".adoc", ".png", ".svg", ".jpg", ".gif", ".pdf")
_PROSE = ("license", "licence", "changelog", "authors", "contributing", "notice", "codeowners")
_SETTINGS = re.compile(r"\.(toml|cfg|ini|json|[cm]?[jt]s|txt|in|ya?ml|py)$")
_LOCKS = ("package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml")
_INSIDE = re.compile(
    r"""(?:^[ \t]*(?:-e|--editable)[ =]+(?:\./)?|^[ \t]*\./|\b(?:file|link|portal):(?:\./)?"""
    r"""|\bpath["']?\s*[:=]\s*["'](?:\./)?|["']\./)([\w@-][\w@./-]*)""",
    re.M,
)
_DEEP = re.compile(
    r"(?:^|/)(?:(?:tsconfig|jsconfig)[^/]*\.json|package\.json|pyproject\.toml"
    r"|[^/]*(?:requirements|constraints)[^/]*\.(?:txt|in)|requirements/[^/]+\.(?:txt|in))$"
)
"""Settings that name other projects, wherever in a part they lie."""
_ENDS = (".json", "pyproject.toml")
_LISTS = (".txt", ".in")
_NAMES = {
    "package.json": re.compile(r'"name"\s*:\s*"([^"]+)"'),
    "pyproject.toml": re.compile(r"^name\s*=\s*[\"']([^\"']+)", re.M),
}
_NEEDED = {
    "package.json": re.compile(r'"(@?[A-Za-z0-9][\w./-]*)"\s*:\s*"'),
    "pyproject.toml": re.compile(r"""["'\n]([A-Za-z0-9][\w.-]*)(?=\s*["'=<>~!;\[@({])"""),
}
"""What may be the name of a dependency, and is one when a project bears it."""
_INSTALLERS = (".yarn", "patches")
"""Folders beside a lock that package managers read."""


class Inputs(NamedTuple):
    """`outside` are paths that lie not in the root: as seen from there, or absolute."""

    files: frozenset[str]
    outside: frozenset[str]


def part_inputs(tree: Tree, part: Part, parts: Sequence[Part]) -> frozenset[str]:
    """Those of them that lie in the repository."""
    return find_inputs(tree, part, parts).files


def find_inputs(tree: Tree, part: Part, parts: Sequence[Part]) -> Inputs:
    """The files of the part's folder and of the projects of this repository that it depends on,
    and the files that lie in a folder above one of them, documents apart.

    Folders of other parts are left out, unless it depends on them. Rather too many than too
    few: a file that is missing here is a change that nobody sees.
    """
    files = files_of(tree)
    own = folder_of(part.path)
    others = {folder_of(each.path) for each in parts}
    found, outside = set[str](), set[str]()
    waiting, seen = [own], {own}
    while waiting:
        folder = waiting.pop()
        above = [*_above(files, folder)]
        found.update(_inside(files, folder, others), above)
        for target in (*_all_named(files, folder, others), *_led_out(files, above)):
            if is_outside(target):
                outside.add(target)
            elif target in files:
                found.add(target)
            elif target not in seen and not _holds(target, own) and files.below(target):
                seen.add(target)
                waiting.append(target)
    return Inputs(frozenset(found), frozenset(outside))


def _inside(files: Files, folder: str, others: Iterable[str]) -> Iterable[str]:
    """Everything below, without the other parts that lie there."""
    below = tuple(join(each, "") for each in others if each != folder and _holds(folder, each))
    inside = files.below(folder)
    return [name for name in inside if not name.startswith(below)] if below else inside


def _above(files: Files, folder: str) -> Iterator[str]:
    """Settings and locks in the folders above: all that lies there and is no document."""
    for above in upward(parent(folder)) if folder else ():
        yield from (name for name in files.inside(above) if not _is_document(name))
        for inner in _INSTALLERS:
            yield from files.below(join(above, inner))


_out_known: list[tuple[Files, dict[str, tuple[str, ...]]]] = []


def _led_out(files: Files, names: Iterable[str]) -> Iterator[str]:
    """What settings name outside, or by its absolute path: many parts lie below the same ones."""
    if not _out_known or _out_known[0][0] is not files:
        _out_known[:] = [(files, {})]
    known = _out_known[0][1]
    for name in names:
        if name not in known:
            found = named_outside(name, files.text(name)) if _may_lead_out(files, name) else ()
            known[name] = tuple({one.removeprefix(f"{files.root}/"): None for one in found})
        yield from known[name]


def _may_lead_out(files: Files, name: str) -> bool:
    base = name.rpartition("/")[2]
    return bool(_SETTINGS.search(base)) and base not in _LOCKS and is_short(f"{files.root}/{name}")


def _is_document(name: str) -> bool:
    base = name.rpartition("/")[2].lower()
    return base.endswith(_DOCUMENTS) or base.startswith(_PROSE)


def _all_named(files: Files, folder: str, others: Iterable[str]) -> Iterator[str]:
    """With what the files outside of the folder name that are named in it."""
    waiting, seen = [*_named(files, folder, others)], set[str]()
    while waiting:
        target = waiting.pop()
        if target not in seen:
            seen.add(target)
            yield target
            waiting += followed(files, target) if target in files else ()


def _named(files: Files, folder: str, others: Iterable[str]) -> Iterator[str]:
    """What the settings of a project name beside it, and the other parts in it: by a path, or
    by a project's name."""
    inner = [each for each in others if each != folder and _holds(folder, each)]
    for name in dict.fromkeys((*files.inside(folder), *_deep(files, folder, inner))):
        where, _, base = name.rpartition("/")
        if not _SETTINGS.search(base) or base in _LOCKS:
            continue
        text = files.text(name)
        for path in OUTSIDE.findall(text) if "../" in text else ():
            target = posixpath.normpath(join(where, path))
            if not is_outside(target) and not _is_own(target, folder, inner):
                yield target
        yield from _led_out(files, (name,))
        for path in _INSIDE.findall(text) if inner else ():
            target = posixpath.normpath(join(where, path))
            yield from (each for each in inner if _holds(each, target))
        if base in _NAMES:
            known = _projects(files)
            words = dict.fromkeys((base, _plain(word)) for word in _NEEDED[base].findall(text))
            yield from (known[word] for word in words if known.get(word, where) != where)


def _is_own(target: str, folder: str, inner: Iterable[str]) -> bool:
    return _holds(folder, target) and not any(_holds(each, target) for each in inner)


def _deep(files: Files, folder: str, inner: Iterable[str]) -> Iterator[str]:
    names, start = _deep_settings(files), join(folder, "")
    for name in names[bisect_left(names, start) :]:
        if not name.startswith(start):
            return
        if not any(_holds(each, name) for each in inner):
            yield name


_deep_known: list[tuple[Files, list[str]]] = []


def _deep_settings(files: Files) -> list[str]:
    if not _deep_known or _deep_known[0][0] is not files:
        likely = (name for name in files.names if name.endswith(_ENDS) or _is_list(name))
        found = [name for name in likely if _DEEP.search(name) and not is_never(name)]
        _deep_known[:] = [(files, found)]
    return _deep_known[0][1]


def _is_list(name: str) -> bool:
    return name.endswith(_LISTS) and ("requirements" in name or "constraints" in name)


_Projects = dict[tuple[str, str], str]
_last: list[tuple[Files, _Projects]] = []


def _projects(files: Files) -> _Projects:
    """The folder of each project of this repository, by its kind and name."""
    if not _last or _last[0][0] is not files:
        _last[:] = [(files, _read_projects(files))]
    return _last[0][1]


def _read_projects(files: Files) -> _Projects:
    found: _Projects = {}
    for base, pattern in _NAMES.items():
        for folder in sorted(files.folders(base), key=lambda each: (each.count("/"), each)):
            text = "" if is_never(folder) else files.text(join(folder, base))
            for name in pattern.findall(text):  # also that of an index: one too many is harmless
                found.setdefault((base, _plain(name)), folder)
    return found


def _plain(name: str) -> str:
    """https://packaging.python.org/en/latest/specifications/name-normalization/"""
    return re.sub(r"[-_.]+", "-", name).lower()


def _holds(folder: str, inner: str) -> bool:
    """Whether the one folder is the other, or lies around it."""
    return folder == inner or not folder or inner.startswith(join(folder, ""))
