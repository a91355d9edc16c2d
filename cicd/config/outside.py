"""What settings name that lies outside of the noxfile's folder."""

from __future__ import annotations

import contextlib
import os
import posixpath
import re
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

OUTSIDE = re.compile(r"(?<![\w.])(?:\.\./)+[\w@./-]*")
_WHOLE = re.compile(r"""/(?:(?<![^\s"'=:,;(\[]/)|(?<=~/)|(?<=file:///))[\w@][\w@./-]*""")
_WORD = re.compile(r"(?:\.{1,2}/)*[\w@-][\w@.-]*(?:/[\w@.-]+)*")
_SETTINGS = re.compile(r"\.(toml|cfg|ini|json|txt|in|ya?ml)$")
_OTHERS = re.compile(r"(?:^|/)(?:noxfile\.py$|(?:docker-)?compose[^/]*$)")
"""Name what servers and sessions are given: no tool looks there for its settings."""
_SYSTEM = frozenset(
    "/bin /boot /dev /etc /home /lib /lib64 /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp"
    " /usr /var /Users /Library /Applications".split()
)
"""A route of a web server, more likely than a folder of settings."""
_PROGRAMS = tuple("/bin/ /sbin/ /usr/bin/ /usr/local/bin/ /dev/ /proc/ /sys/ /run/".split())
_LARGEST = 256 * 1024
"""Settings are shorter."""


def is_outside(target: str) -> bool:
    """Whether a normal path, seen from the root, leads out of it."""
    return target.startswith(("../", "/", "~/")) or target == ".."


def named_outside(name: str, text: str) -> Iterator[str]:
    """What the text of a file names outside of the root, as seen from there: the relative paths
    that lead out, and the absolute ones, of which code has too many that are none."""
    if _OTHERS.search(name):
        return
    where = posixpath.dirname(name)
    for path in OUTSIDE.findall(text) if "../" in text else ():
        if is_outside(target := posixpath.normpath(posixpath.join(where, path))):
            yield target
    if _SETTINGS.search(name):
        yield from _absolute(text)


def _absolute(text: str) -> Iterator[str]:
    for found in _WHOLE.finditer(text):
        path = posixpath.normpath(found[0])
        if text[found.start() - 1 : found.start()] == "~":
            yield f"~{path}"
        elif path not in _SYSTEM and not path.startswith(_PROGRAMS):
            yield path


def there_outside(root: Path, names: Iterable[str]) -> list[str]:
    """Those that are there, with what their settings name in turn, and none that lies in
    another. What lies around the root is none of them: "../" is rather a pattern."""
    waiting, seen = [*names], set[str]()
    found: dict[str, str] = {}
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        path = place_of(root, name)
        if os.path.isdir(path) or os.path.isfile(path):
            if not _holds(path, os.fspath(root)) and not _holds(os.fspath(root), path):
                found[path] = name
                waiting += _named_there(name, path)
        elif not os.path.basename(path).startswith("."):  # the ending may be left out
            waiting += _endings(name, path)
    return sorted(name for path, name in found.items() if not _is_in_another(path, found))


def is_short(path: str | Path) -> bool:
    """Whether it is a file of no more than the length of settings."""
    try:
        there = os.stat(path)
    except OSError:
        return False
    return stat.S_ISREG(there.st_mode) and there.st_size <= _LARGEST


def place_of(root: Path, name: str) -> str:
    return os.path.normpath(os.path.join(root, os.path.expanduser(name)))


def _named_there(name: str, path: str) -> Iterator[str]:
    """What a file names also beside it and below."""
    if os.path.isdir(path):
        for base in _listed(path):
            yield from named_outside(f"{name}/{base}", _read(os.path.join(path, base)))
        return
    text, where = _read(path), posixpath.dirname(name)
    yield from named_outside(name, text)
    for word in dict.fromkeys(_WORD.findall(text)):
        target = posixpath.normpath(posixpath.join(where, word))
        if word.startswith(".") or os.path.isfile(os.path.join(os.path.dirname(path), word)):
            yield target


def _endings(name: str, path: str) -> Iterator[str]:
    folder, base = os.path.split(path)
    for one in _listed(folder):
        if one.rpartition(".")[0] == base:
            yield posixpath.join(posixpath.dirname(name), one)


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _read(path: str) -> str:
    """Of settings alone: "" for anything else."""
    with contextlib.suppress(OSError):  # whoever asks what is there says so
        if _SETTINGS.search(path) and is_short(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                return file.read()
    return ""


def _is_in_another(path: str, found: Iterable[str]) -> bool:
    return any(path != other and _holds(other, path) for other in found)


def _holds(folder: str, inner: str) -> bool:
    return folder == inner or inner.startswith(folder.rstrip(os.sep) + os.sep)
