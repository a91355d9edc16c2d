"""Runs a Python program and notes what it reads:
`cicd_reads.py <report> <root> (-m <module> | <script>) <argument>…`.

The report has a line for each file that it opened to read, also where there was none, below
`root` or elsewhere outside of Python's own folders; a folder below `root` whose names it asked
for ends with `/`. A line that begins with `!` is a program
that it started, and one with `@` an address that it connected to other than its database's.
Only the standard library, Python 3.8 and newer.
"""

from __future__ import annotations

import importlib.util
import os
import runpy
import socket
import sys
from typing import Any, Callable, Dict, List, Set, Tuple

_PROGRAMS = frozenset("ldconfig gcc cc ld objdump uname".split())
"""By which `ctypes` looks for a library."""
_STARTS = frozenset("subprocess.Popen os.system os.exec os.posix_spawn os.spawn".split())
_LOCAL = ("127.0.0.1", "::1", "localhost")


def main(report: str, root: str, argv: List[str]) -> None:
    # Appended at once: a process that is forked writes to it as well.
    descriptor = os.open(report, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    if hasattr(sys, "addaudithook"):
        sys.addaudithook(_hook(descriptor, os.path.realpath(root)))
    else:
        os.write(descriptor, b"!an interpreter that tells nothing\n")
    if argv[0] == "-m":
        sys.argv = argv[1:]
        _look_first_in(os.getcwd())
        runpy.run_module(argv[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = argv
        _look_first_in(os.path.dirname(os.path.abspath(argv[0])))
        runpy.run_path(argv[0], run_name="__main__")


def _look_first_in(folder: str) -> None:
    """As Python itself would have it; this file's folder stood there."""
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = folder


def _hook(descriptor: int, root: str) -> Callable[[str, Tuple[Any, ...]], None]:
    seen: Set[str] = set()
    owner = _Folders(root)

    def hook(event: str, args: Tuple[Any, ...]) -> None:
        try:
            line = _TELL[event](args, owner) if event in _TELL else ""
        except Exception:  # What we do not understand must not end what is noted.
            line = "!" + event
        if line and line not in seen:
            seen.add(line)
            os.write(descriptor, os.fsencode(line).replace(b"\n", b"") + b"\n")

    return hook


class _Folders:
    """Which files tell something that neither Python's version nor its packages do."""

    def __init__(self, root: str) -> None:
        self.root = os.path.join(root, "")
        prefixes = {os.path.realpath(prefix) for prefix in (sys.prefix, sys.base_prefix)}
        prefixes |= {sys.prefix, sys.base_prefix, sys.base_exec_prefix}
        every = [os.path.join(prefix, "") for prefix in prefixes]
        self.inside = tuple(prefix for prefix in every if prefix.startswith(self.root))
        outside = (prefix for prefix in every if not prefix.startswith(self.root))
        system = ("/proc/", "/sys/", "/dev/", os.path.join(os.path.dirname(__file__), ""))
        self.outside = (*outside, *system)

    def tell(self, path: str) -> str:
        path = os.path.abspath(path)
        if path.startswith(self.root):
            return "" if path.startswith(self.inside) else path
        return "" if path.startswith(self.outside) else path


def _opened(args: Tuple[Any, ...], folders: _Folders) -> str:
    path, mode, flags = args
    if not isinstance(path, (str, bytes, os.PathLike)) or not _reads(mode, flags):
        return ""
    name = os.fsdecode(path)
    if name.endswith(".pyc") and "__pycache__" in name:
        name = importlib.util.source_from_cache(name)
    return folders.tell(name)


def _listed(args: Tuple[Any, ...], folders: _Folders) -> str:
    """Only here: what is elsewhere has other files at any time."""
    if isinstance(args[0], int):
        return ""
    found = os.path.join(folders.tell(os.fsdecode(args[0] or ".")), "")
    return found if found.startswith(folders.root) else ""


def _reads(mode: Any, flags: Any) -> bool:
    if isinstance(mode, str):
        return "r" in mode
    return not flags & (os.O_WRONLY | os.O_TRUNC | os.O_EXCL)


def _imported(args: Tuple[Any, ...], folders: _Folders) -> str:
    """A library is loaded past `open`."""
    return folders.tell(args[1]) if isinstance(args[1], str) else ""


def _started(args: Tuple[Any, ...], _: _Folders) -> str:
    words = args[1] if len(args) > 1 and isinstance(args[1], (list, tuple)) else args
    program = os.path.basename(os.fsdecode(words[0] if words[0] else args[0]))
    return "" if program in _PROGRAMS else "!" + program


def _connected(args: Tuple[Any, ...], _: _Folders) -> str:
    address = args[1]
    if not isinstance(address, tuple):
        return ""
    if str(address[1]) == os.environ.get("PGPORT") and address[0] in _own_addresses():
        return ""
    return "@{}:{}".format(*address[:2])


def _own_addresses() -> Set[str]:
    host = os.environ.get("PGHOST", "")
    found = {str(each[4][0]) for each in socket.getaddrinfo(host, None)} if host else set()
    return {host, *_LOCAL, *found}


_TELL: Dict[str, Callable[[Tuple[Any, ...], _Folders], str]] = {
    "open": _opened,
    "os.listdir": _listed,
    "os.scandir": _listed,
    "import": _imported,
    "socket.connect": _connected,
    **{event: _started for event in _STARTS},
}

if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
