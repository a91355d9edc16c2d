"""A script of its own: runs a server, and ends it when standard input closes.

Standard input is a pipe from the process that wants the server. It closes when that
process says so, and also when it is killed: then the server is ended and its folder
removed. Usage: watchdog.py FOLDER UID GID ARGV… (-1 and -1: as the user we are).
"""

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import NoReturn

PATIENCE_S = 8.0


def watch(folder: str, uid: int, gid: int, argv: list[str]) -> int:
    """Returns the exit code of `argv`, when it ends or when it has been ended."""
    woken = _wake_on_signals()
    server = os.fork()
    if server == 0:
        _become(argv, uid, gid)
    signal.signal(signal.SIGINT, lambda *_: _signal(server, signal.SIGINT))
    while (code := _exit_code(server)) is None:
        if 0 in select.select([0, woken], [], [])[0]:
            code = _end(server, woken)
            _remove(folder)
            return code
        os.read(woken, 512)
    return code


def _wake_on_signals() -> int:
    """A descriptor that can be read after each signal, so that none is missed."""
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return woken


def _become(argv: list[str], uid: int, gid: int) -> NoReturn:
    """Replaces this forked process by the server."""
    parent = os.getppid()
    try:
        # The group is what we signal: initdb has children. A server's own are in others.
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.closerange(3, 1024)
        # Loaded as the user we are: another one may not be able to read our Python.
        die_with_parent = _death_signal()
        if uid >= 0:
            os.setgroups([])
            os.setgid(gid)
            os.setuid(uid)
        # After setuid, which would clear it.
        die_with_parent()
        if os.getppid() == parent:
            os.execv(argv[0], argv)
    except BaseException as error:
        os.write(2, f"cannot start {argv[0]}: {error}\n".encode())
    os._exit(127)


def _death_signal() -> Callable[[], object]:
    """What makes the system end this process with its parent, where the system can."""
    # Linux fires when the *thread* that forked ends: that process has only one.
    if sys.platform != "linux":
        return lambda: None
    import ctypes

    prctl = ctypes.CDLL(None).prctl
    pr_set_pdeathsig = 1
    return lambda: prctl(pr_set_pdeathsig, signal.SIGQUIT)


def _exit_code(server: int) -> int | None:
    found, status = os.waitpid(server, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def _end(server: int, woken: int) -> int:
    _signal(server, signal.SIGQUIT)
    deadline = time.monotonic() + PATIENCE_S
    while (code := _exit_code(server)) is None:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([woken], [], [], left)[0]:
            _signal(server, signal.SIGKILL)
            return os.waitstatus_to_exitcode(os.waitpid(server, 0)[1])
        os.read(woken, 512)
    return code


def _signal(leader: int, number: int) -> None:
    try:
        os.killpg(leader, number)
    except ProcessLookupError:
        # It has not called setsid yet, and leads no group.
        os.kill(leader, number)


def _remove(folder: str) -> None:
    import shutil

    os.chdir(os.path.dirname(folder))
    shutil.rmtree(folder, ignore_errors=True)


def watch_on_windows(folder: str, argv: list[str]) -> int:
    """As `watch`, without users and signals. Mapped, not tested."""
    import subprocess
    import threading

    server = subprocess.Popen(argv, stdin=subprocess.DEVNULL)

    def end() -> None:
        sys.stdin.buffer.read()
        server.terminate()

    owner = threading.Thread(target=end, daemon=True)
    owner.start()
    code = server.wait()
    owner.join(0.2)
    if not owner.is_alive():
        _remove(folder)
    return code


if __name__ == "__main__":
    place, user, group, *command = sys.argv[1:]
    if os.name == "nt":
        sys.exit(watch_on_windows(place, command))
    sys.exit(watch(place, int(user), int(group), command) & 0xFF)
