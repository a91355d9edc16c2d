"""Processes that stay while we work, and never longer than we live."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from cicd.errors import MissingError
from cicd.system.ask import read_output

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

STOP_S = 15.0
"""The watchdog itself ends a stubborn process after less; then it is killed in turn."""
_KEPT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR", "TEMP", "TMP")
"""What a server needs of our environment. The rest may hold secrets, and anyone with the
server's rights can read its environment."""


class Daemon:
    """A process below a watchdog. The pipe between the watchdog and us is our sign of life."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def ended(self, wait_s: float = 0.0) -> bool:
        """Whether the process has ended; looks for at most `wait_s`."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(wait_s)
        return self._process.returncode is not None

    @property
    def return_code(self) -> int | None:
        """As `subprocess` has it; None while the process runs."""
        return self._process.poll()

    def interrupt(self) -> None:
        """Asks the process to end in good order; `ended` tells when it has."""
        self._process.send_signal(signal.SIGINT)

    def close(self) -> None:
        """Ends the process; the watchdog removes its folder. May be called twice."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        if not self.ended(STOP_S):
            self._process.kill()
            self._process.wait()


def start_daemon(
    argv: Sequence[str],
    *,
    watchdog: Path,
    folder: Path,
    log: Path,
    user: tuple[int, int] | None = None,
    lease: int | None = None,
) -> Daemon:
    """Starts `argv` below the script `watchdog`, which outlives us by moments.

    When we end, by whatever, the process is ended and `folder` removed. `user` is the uid
    and gid to run as. `lease` is a descriptor that the watchdog holds open until it is
    done. Both have our own session, so that Ctrl-C does not reach them before us.
    """
    uid, gid = user or (-1, -1)
    options = (str(folder), str(uid), str(gid))
    with log.open("ab") as output:
        try:
            process = subprocess.Popen(
                # -I -S: nothing of the user's Python is loaded, and it starts in 10 ms.
                (sys.executable, "-I", "-S", str(watchdog), *options, *argv),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                cwd=folder,
                env=_daemon_env(),
                start_new_session=True,
                pass_fds=() if lease is None or os.name == "nt" else (lease,),
            )
        except OSError as error:
            raise MissingError(f"cannot start {argv[0]}: {error.strerror}") from error
    return Daemon(process)


def _daemon_env() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "TZ": "UTC", "LC_ALL": "C"}


def read_arguments(pid: int) -> str:
    """The command line of a process of this machine; empty when there is none."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError), open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().replace(b"\0", b" ").decode(errors="replace")
        return ""
    return read_output(("ps", "-o", "command=", "-p", str(pid))) or ""


def kill(pid: int) -> None:
    """Ends a PostgreSQL server at once, with its children."""
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGQUIT if os.name == "posix" else signal.SIGTERM)
