"""Starts the commands of sessions. Beside `ask`, nothing else starts a process to wait for it."""

from __future__ import annotations

import codecs
import contextlib
import functools
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

from cicd.errors import MissingError
from cicd.model import Command, Completed, Secret
from cicd.system.ledger import noted
from cicd.system.masking import MaskedStream, Masks, TextSink

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

GRACE_S = 0.8
"""Between SIGTERM and SIGKILL: nox itself waits 2 s for a session under `-j`."""


class Runner(Protocol):
    """Runs commands.

    `run` shows the command's output while it runs, unless `quiet`, and always returns
    it. It never raises for an exit code; it raises `MissingError` when the program is
    not there. When the time limit is reached, or this process is interrupted, the
    command and everything that it started is gone before `run` returns or raises.
    """

    def run(
        self, command: Command, *, timeout_s: float | None = None, quiet: bool = False
    ) -> Completed: ...


class LocalRunner:
    """The Runner that starts processes of this machine, below one folder."""

    def __init__(
        self,
        root: Path,
        *,
        environ: Mapping[str, str],
        out: TextSink,
        masks: Masks | None = None,
        ledger: Path | None = None,
    ) -> None:
        """`masks` hides secrets in what is shown, those of commands too; what is returned
        is as it came.

        `ledger` is the folder in which running process groups are written down.
        """
        self._root = root
        self._environ = environ
        self._out = out
        self._masks = masks or Masks()
        self._ledger = ledger

    def run(
        self, command: Command, *, timeout_s: float | None = None, quiet: bool = False
    ) -> Completed:
        started = time.monotonic()
        for secret in (*command.env.values(), command.stdin):
            if isinstance(secret, Secret):
                self._masks.cover(secret)
        process = self._start(command, quiet=quiet)
        try:
            show = None if quiet else MaskedStream(self._out, self._masks)
            readers = [_Reader(process.stdout, show)]
            if quiet:
                readers.append(_Reader(process.stderr, None))
            timed_out = self._wait(process, command, timeout_s)
        except BaseException:
            # An interruption may come at any moment from the start on.
            stop_group(process)
            raise
        texts = [reader.text() for reader in readers]
        if show is not None:
            show.close()
        return Completed(
            command,
            process.returncode,
            texts[0],
            texts[1] if quiet else "",
            timed_out,
            time.monotonic() - started,
        )

    def _wait(
        self, process: subprocess.Popen[bytes], command: Command, timeout_s: float | None
    ) -> bool:
        """Whether the time limit was reached. The process group is gone afterwards."""
        note = noted(self._ledger, process.pid) if self._ledger else contextlib.nullcontext()
        with note:
            try:
                _give(process, command.stdin)
                process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                return True
            finally:
                # Also after a normal end: what the command left in its group goes too.
                stop_group(process)
        return False

    def _start(self, command: Command, *, quiet: bool) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                command.argv,
                cwd=command.cwd or self._root,
                env=plain_env(self._environ, command.env),
                stdin=subprocess.PIPE if command.stdin else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE if quiet else subprocess.STDOUT,
                start_new_session=os.name == "posix",
                preexec_fn=_die_with_parent(),
            )
        except OSError as error:
            folder = command.cwd or self._root
            if not folder.is_dir():
                raise MissingError(f"{folder} is not there") from error
            raise MissingError(f"cannot start {command.argv[0]}: {error.strerror}") from error


class _Reader:
    """Copies one stream of a process to a place to look at, and keeps it."""

    def __init__(self, stream: IO[bytes] | None, show: TextSink | None) -> None:
        assert stream is not None
        self._stream, self._show, self._kept = stream, show, bytearray()
        self._thread = threading.Thread(target=self._copy, daemon=True)
        self._thread.start()

    def _copy(self) -> None:
        # A character may be cut between two chunks.
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(self._stream.fileno(), 65536):
                self._kept += chunk
                self._display(decoder.decode(chunk))
        self._display(decoder.decode(b"", final=True))

    def _display(self, text: str) -> None:
        """Without anybody to show it to, reading goes on: a full pipe would hold the process."""
        if self._show is not None and text:
            try:
                self._show.write(text)
                self._show.flush()
            except (OSError, ValueError):
                self._show = None

    def text(self) -> str:
        # A daemon that got away with our pipe must not hold us.
        self._thread.join(timeout=2)
        with contextlib.suppress(OSError):
            if not self._thread.is_alive():
                self._stream.close()
        return bytes(self._kept).decode(errors="replace")


def plain_env(
    base: Mapping[str, str], changes: Mapping[str, str | Secret | None]
) -> dict[str, str]:
    """The environment that a process is given: `base` with `changes`, secrets revealed."""
    env = dict(base)
    for name, value in changes.items():
        if value is None:
            env.pop(name, None)
        else:
            env[name] = value.reveal() if isinstance(value, Secret) else value
    return env


def stop_group(process: subprocess.Popen[bytes], grace_s: float = GRACE_S) -> None:
    """Ends a process that leads its own group, and all of the group. May be called twice."""
    _signal(process, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(grace_s)
    _signal(process, signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    process.wait()


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)


def _give(process: subprocess.Popen[bytes], stdin: Secret | None) -> None:
    if stdin is not None and process.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(stdin.reveal().encode())
        process.stdin.close()


@functools.cache
def _die_with_parent() -> Callable[[], None] | None:
    """What a child calls between fork and exec so that it does not outlive a killed parent.

    Linux sends the signal when the *thread* that forked ends; sessions run on the main one.
    """
    if sys.platform != "linux":
        return None
    import ctypes

    prctl = ctypes.CDLL(None, use_errno=True).prctl
    pr_set_pdeathsig = 1
    return lambda: prctl(pr_set_pdeathsig, signal.SIGTERM)


def end_with_parent() -> None:
    """Has the system send SIGTERM to this process when its parent dies, where it can.

    nox's child processes would work on after `kill -9` of nox. Linux counts the thread that
    started us as the parent; nox keeps those threads for as long as it lives.
    """
    if ask := _die_with_parent():
        ask()
