"""Who asks, and whether what a process starts is watched as well.

Only the standard library, Python 3.8 and newer: see `cicd_watcher`.
"""

from __future__ import annotations

import os
import sys
from os import access, environ, fsdecode, fspath
from os import open as open_file
from os import read as read_file
from os import close as close_file
from os.path import dirname, join, realpath

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Dict, List, Mapping, Optional

_HERE = dirname(realpath(__file__))
_LIBRARY = dirname(os.__file__) + "/"
_LISTING = ("/_pytest/", "/pytest_cov/", "/coverage/", "/xdist/", "/execnet/", "/pkg_resources/")
"""They look where tests and packages are; what they find they open as well."""
_ASKING = ("/platform.py", "/ctypes/util.py", "/uuid.py")
"""Modules of the standard library that ask programs about the machine."""
_DEAF = frozenset("IES")
"""Options of Python under which it does not load the watcher."""


class Caller:
    """`first` is the file of the code that asked, `outer` the first one outside of Python."""

    def __init__(self, files: List[str]) -> None:
        self.files = files
        outside = [file for file in files if not _is_library(file)]
        self.outer = outside[0] if outside else ""

    @property
    def lists_for_tests(self) -> bool:
        """False for Python's imports, and for what looks for tests and packages."""
        first = self.files[0] if self.files else ""
        if first.startswith("<frozen importlib") or "/importlib/" in first:
            return False
        looks = any(file.endswith("/unittest/loader.py") for file in self.files)
        return not looks and not any(part in self.outer for part in _LISTING)


def caller(depth: int) -> Caller:
    frame: Optional[FrameType] = sys._getframe(depth)
    files: List[str] = []
    while frame is not None and len(files) < 60:
        files.append(frame.f_code.co_filename)
        if not _is_library(files[-1]):
            break
        frame = frame.f_back
    return Caller(files)


def _is_library(file: str) -> bool:
    return file.startswith("<frozen") or (
        file.startswith(_LIBRARY) and "/site-packages/" not in file
    )


def is_ours_to_ask(who: Caller) -> bool:
    return any(file.startswith(_LIBRARY) and file.endswith(_ASKING) for file in who.files)


def starts_watched(program: Any, words: Any, env: Any) -> Optional[str]:
    """None where the new process is a Python of this environment that is watched; else what it
    is called."""
    words = [fsdecode(fspath(word)) for word in ([words] if isinstance(words, str) else words)]
    name = fsdecode(fspath(program or words[0]))
    given = environ if env is None else _plain(env)
    path = _find(name, given)
    watched = given.get("CICD_READS") and _HERE in given.get("PYTHONPATH", "").split(os.pathsep)
    if watched and path and _is_python(path, words):
        return None
    return path or name


def _plain(env: Any) -> Dict[str, str]:
    items = env.items() if hasattr(env, "items") else (one.partition(b"=")[::2] for one in env)
    return {fsdecode(name): fsdecode(value) for name, value in items}


def _find(name: str, env: Mapping[str, str]) -> str:
    if "/" in name:
        return os.path.abspath(name)
    for folder in env.get("PATH", os.defpath).split(os.pathsep):
        if access(join(folder, name), os.X_OK):
            return join(folder, name)
    return ""


def _is_python(path: str, words: List[str]) -> bool:
    if realpath(path) == realpath(sys.executable):
        return not _is_deaf(words[1:])
    # Installers write a way around for paths that are too long for a first line.
    first = _head(path).split(b"\n")[:2]
    python = any(b"python" in line for line in first)
    return first[0].startswith(b"#!") and python and not any(b" -" in line for line in first[:1])


def _is_deaf(options: List[str]) -> bool:
    for option in options:
        if option in ("-c", "-m") or not option.startswith("-") or option.startswith("--"):
            return False
        if not option.startswith(("-X", "-W")) and _DEAF & set(option):
            return True
        if "c" in option or "m" in option:
            return False
    return False


def _head(path: str) -> bytes:
    try:
        file = open_file(path, os.O_RDONLY)
    except OSError:
        return b""
    try:
        return read_file(file, 400)
    finally:
        close_file(file)
