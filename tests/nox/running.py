"""Runs that are disturbed: started in the background, and known to have come to a point."""

import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from tests.nox.conftest import Ended, Repository

PATIENCE_S = 90.0
WAITS = """\
    import socket
    import threading

    import shop


    def test_that_waits():
        with shop.connect():
            line = socket.create_connection(("127.0.0.1", {port}))
            threading.Event().wait()
            line.close()
    """


@dataclass(frozen=True)
class Running:
    """A run of nox that leads a process group of its own, as a terminal would have it."""

    process: subprocess.Popen[str]
    screen: IO[str]

    def send(self, number: int, *, to_all: bool = False) -> None:
        """A signal, to nox alone or to its group: what Ctrl-C does."""
        if to_all:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)

    def end(self) -> Ended:
        code = self.process.wait(PATIENCE_S)
        self.screen.seek(0)
        return Ended(code, self.screen.read())


@contextmanager
def started(repository: Repository, *arguments: str, **env: str) -> Iterator[Running]:
    """nox in the background; its output goes to a file, which no process can block."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as screen:
        process = subprocess.Popen(
            repository.command(*arguments),
            cwd=repository.root,
            env=repository.env(**env),
            stdin=subprocess.DEVNULL,
            stdout=screen,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            yield Running(process, screen)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()


class Door:
    """Where a test knocks when it runs; its end is then noticed by the open connection."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(PATIENCE_S)
        self._open: list[socket.socket] = []
        self.port = self._listener.getsockname()[1]
        self.test = WAITS.format(port=self.port)

    def wait_for_knock(self) -> None:
        line, _ = self._listener.accept()
        line.settimeout(PATIENCE_S)
        self._open.append(line)

    def wait_until_gone(self) -> None:
        for line in self._open:
            assert line.recv(1) == b""

    def close(self) -> None:
        for line in (*self._open, self._listener):
            line.close()
