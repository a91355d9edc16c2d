"""Notes what a process reads, lists, starts and connects to, while tests run.

Only the standard library, Python 3.8 and newer: it runs in the project's environment, in each
of its Python processes (`sitecustomize` loads it). It judges nothing: what can matter to
nobody's verdict is left out early, since every file that is opened comes by here. Each note is
written when it is made, so that a process that is killed has told everything.
"""

from __future__ import annotations

import os
import sys

# Bound now: tests may replace what these modules hold.
from os import (
    O_ACCMODE,
    O_APPEND,
    O_CREAT,
    O_RDONLY,
    O_TRUNC,
    O_WRONLY,
    close,
    fsdecode,
    fspath,
    getcwd,
    getpid,
    getppid,
    listdir,
    lstat,
    stat,
    write,
)
from os import open as open_file
from os.path import dirname, isdir, join, lexists, normpath, realpath
from stat import S_ISDIR

from cicd_started import (  # type: ignore[import-not-found,unused-ignore]
    caller,
    is_ours_to_ask,
    starts_watched,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Mapping, Optional, Set, Tuple

_SYSTEM = "/usr /lib /lib32 /lib64 /bin /sbin /etc /proc /sys /dev /run /nix /System /Library"
_TEMPORARY = ("/tmp", "/var/tmp", "/private/tmp")
_LOOPBACK = ("", "localhost", "::1", "::", "0.0.0.0", "<broadcast>")
_DIRECTORY = getattr(os, "O_DIRECTORY", 0)


def watch(environ: Mapping[str, str]) -> None:
    """Begins to note in the file that `CICD_READS` names; a test's own pytest is watched too."""
    watcher = Watcher(environ)
    watcher.note("V", str(getpid()), str(getppid()), "python", " ".join(sys.argv[:1]))
    find = watcher.events().get

    def hook(event: str, arguments: Any) -> None:
        handle = find(event)
        if handle is not None:
            try:
                handle(arguments)
            except Exception:
                # What cannot be understood must not disturb a test.
                pass

    sys.addaudithook(hook)


class Watcher:
    """`CICD_READS_ROOT` is the repository. What lies in the environment, in the interpreter,
    in the system's folders and in folders for what is temporary is not noted."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._notes = environ["CICD_READS"]
        self._root = environ.get("CICD_READS_ROOT", "/").rstrip("/") + "/"
        self._services = {environ.get("CICD_SERVICES", "")}
        self._fine, self._fine_inside = _fine_folders(self._root)
        self._temporary, self._shared = _temporary_folders(self._root, environ)
        self._since = float(environ.get("CICD_READS_SINCE", "0"))
        self._seen: Set[str] = set()
        self._listed: Set[str] = set()
        self._made: Set[str] = set()
        self._told: Set[Tuple[str, ...]] = set()

    def events(self) -> Dict[str, Callable[[Any], None]]:
        return {
            "open": self._on_open,
            "import": self._on_import,
            "ctypes.dlopen": self._on_dlopen,
            "sqlite3.connect": self._on_sqlite,
            "os.listdir": self._on_list,
            "os.scandir": self._on_list,
            "os.mkdir": self._on_mkdir,
            "os.rename": self._on_rename,
            "os.link": self._on_rename,
            "subprocess.Popen": self._on_popen,
            "os.posix_spawn": self._on_exec,
            "os.exec": self._on_exec,
            "os.system": self._on_system,
            "socket.connect": self._on_connect,
            "socket.sendto": self._on_connect,
            "socket.sendmsg": self._on_connect,
            "socket.getaddrinfo": self._on_look_up,
            "socket.gethostbyname": self._on_look_up,
        }

    def note(self, *fields: str) -> None:
        escaped = "\t".join(_escape(field) for field in fields)
        file = open_file(self._notes, O_WRONLY | O_APPEND | O_CREAT, 0o600)
        try:
            write(file, (escaped + "\n").encode("utf-8", "surrogateescape"))
        finally:
            close(file)

    def _on_open(self, given: Any) -> None:
        path, _, flags = given
        if path.__class__ is not str:
            if isinstance(path, int):
                return
            path = fsdecode(path)
        if path in self._seen or self._is_fine(path):
            return
        flags = flags if isinstance(flags, int) else 0
        path = self._absolute(path)
        if path is None or path in self._seen or flags & _DIRECTORY:
            return
        if flags & O_ACCMODE == O_RDONLY:
            self._read(path)
        elif not lexists(path) or (flags & O_TRUNC and not isdir(path)):
            self._make(path)
        elif flags & O_ACCMODE != O_WRONLY:
            self._read(path)

    def _is_fine(self, path: str) -> bool:
        if path.startswith(self._root):
            return path.startswith(self._fine_inside)
        return path.startswith(self._fine)

    def _absolute(self, path: str) -> Optional[str]:
        """None for what can matter to nobody."""
        path = normpath(join(getcwd(), path))
        if path == self._notes or self._is_fine(path):
            return None
        outside = not path.startswith(self._root)
        return None if outside and self._is_temporary(path) else path

    def _is_temporary(self, path: str) -> bool:
        """What lies beside the repository is not, nor is a single file that was there before."""
        if not path.startswith(self._temporary) or (path + "/").startswith(self._shared):
            return False
        if any("/" in path[len(one) :] for one in self._temporary if path.startswith(one)):
            return True
        return not lexists(path) or isdir(path) or lstat(path).st_ctime >= self._since

    def _read(self, path: str) -> None:
        self._seen.add(path)
        real = realpath(_source(path))
        if real in self._made or self._is_fine(real):
            return
        try:
            if S_ISDIR(stat(real).st_mode):
                return
            state = "there"
        except OSError:
            state = "absent"
        self.note("R", state, real)

    def _make(self, path: str) -> None:
        """What was not there, or is emptied, holds nothing that the tests have not written."""
        self._seen.add(path)
        real = realpath(path)
        known = real in self._made or dirname(real) in self._made
        self._made.add(real)
        if not known and "/__pycache__/" not in real:
            self.note("W", real)

    def _on_import(self, given: Any) -> None:
        if given[1]:
            self._on_open((given[1], "r", 0))

    def _on_dlopen(self, given: Any) -> None:
        if isinstance(given[0], str) and "/" in given[0]:
            self._on_open((given[0], "r", 0))

    def _on_sqlite(self, given: Any) -> None:
        name = fsdecode(fspath(given[0]))
        if name.startswith("file:"):
            name = name[5:].partition("?")[0]
        path = self._absolute(name) if name and name != ":memory:" else None
        if path is not None and path not in self._seen:
            (self._read if lexists(path) else self._make)(path)

    def _on_list(self, given: Any) -> None:
        path = given[0]
        if isinstance(path, int):
            return
        path = "." if path is None else fsdecode(fspath(path))
        if path in self._listed or self._is_fine(path):
            return
        path = self._absolute(path)
        if path is None or path in self._listed or not caller(3).lists_for_tests:
            return
        self._listed.add(path)
        real = realpath(path)
        if real not in self._made and isdir(real):
            self.note("L", real)

    def _on_mkdir(self, given: Any) -> None:
        path = self._absolute(fsdecode(fspath(given[0])))
        if path is not None and not lexists(path):
            self._make(path)

    def _on_rename(self, given: Any) -> None:
        source, target = (fsdecode(fspath(path)) for path in given[:2])
        before = self._absolute(source)
        after = self._absolute(target)
        if after is None:
            return
        if before is None or not isdir(before):
            if before is not None and before not in self._seen:
                self._read(before)
            self._make(after)
        elif realpath(before) in self._made:
            self._make(after)

    def _on_popen(self, given: Any) -> None:
        program, words, _, env = given
        if not is_ours_to_ask(caller(3)):
            self._start(program, words, env)

    def _on_exec(self, given: Any) -> None:
        self._start(*given[:3])

    def _on_system(self, given: Any) -> None:
        self._tell("P", "/bin/sh")

    def _start(self, program: Any, words: Any, env: Any) -> None:
        found = starts_watched(program, words, env)
        if found is not None:
            self._tell("P", found)

    def _on_connect(self, given: Any) -> None:
        address = given[1]
        if isinstance(address, tuple) and len(address) > 1 and isinstance(address[0], str):
            host = address[0]
            if not (_is_loopback(host) or host in self._services or self._is_service(host)):
                self._tell("N", host, str(address[1]))

    def _is_service(self, host: str) -> bool:
        """Whether the name of our database leads to this address."""
        from _socket import getaddrinfo

        for name in list(self._services):
            if name and not _is_loopback(name):
                self._services.update(str(one[4][0]) for one in getaddrinfo(name, None))
        return host in self._services

    def _on_look_up(self, given: Any) -> None:
        host = given[0].decode() if isinstance(given[0], bytes) else given[0]
        if not host or _is_loopback(host) or _is_number(host) or host in self._services:
            return
        from _socket import gethostname

        own = gethostname()
        if host not in (own, own.partition(".")[0]) and not own.startswith(host + "."):
            port = given[1] if len(given) > 1 else None
            self._tell("N", host, str(port or ""))

    def _tell(self, *fields: str) -> None:
        if fields not in self._told:
            self._told.add(fields)
            self.note(*fields)


def _fine_folders(root: str) -> Tuple[Tuple[str, ...], Tuple[str, ...]]:
    """Prefixes outside of the repository, and those inside it."""
    here = dirname(dirname(dirname(dirname(realpath(__file__))))) + "/"
    machine = (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix)
    given = (*machine, dirname(os.__file__), *_SYSTEM.split())
    folders = {path.rstrip("/") + "/" for path in (*given, *map(realpath, given))} - {"/"}
    inside = {path for path in folders if path.startswith(root) and path != root}
    outside = (folders | {here}) - inside
    # The repository may lie in a folder of the system, as in containers.
    around = {path for path in outside if root.startswith(path)}
    beside = {join(path, name, "") for path in around for name in listdir(path)}
    fine = (outside - around) | {path for path in beside if not root.startswith(path)}
    return tuple(fine), (*inside, root + ".cicd/")


def _temporary_folders(
    root: str, environ: Mapping[str, str]
) -> Tuple[Tuple[str, ...], Tuple[str, ...]]:
    """Those for what is temporary; and the one of them that holds the repository, if one does:
    what lies beside it there is not temporary."""
    given = (environ.get("TMPDIR", "").rstrip("/"), *_TEMPORARY)
    folders = tuple({path + "/" for path in (*given, *map(realpath, given)) if path.strip("/")})
    around = [path for path in folders if root.startswith(path)]
    shared = tuple(path + root[len(path) :].partition("/")[0] + "/" for path in around)
    return folders, shared or ("\0",)


def _source(path: str) -> str:
    """The module of a compiled file: Python looks at its time alone, and does not open it."""
    folder, _, name = path.rpartition("/")
    if not name.endswith(".pyc"):
        return path
    if sys.pycache_prefix and folder.startswith(sys.pycache_prefix):
        return join(folder[len(sys.pycache_prefix) :], name.partition(".")[0] + ".py")
    if folder.endswith("/__pycache__"):
        return join(dirname(folder), name.partition(".")[0] + ".py")
    return path


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def _is_loopback(host: str) -> bool:
    return host in _LOOPBACK or host.startswith(("127.", "::ffff:127.", "localhost."))


def _is_number(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()
