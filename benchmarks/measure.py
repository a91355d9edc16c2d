"""One command, measured: time, processor time and memory of it and of all that it starts."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import processes

_EVERY_S = 0.02
_SELDOM_S = 0.2
"""Looking takes longer the more there is; what runs for long is not slowed down by it."""
LIMIT_S = 1200


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """`peak_bytes` is 0 where memory was not looked at: looking takes processor time."""

    code: int
    output: str
    wall_s: float
    cpu_s: float
    peak_bytes: int = 0


def measure(
    command: Sequence[str], cwd: Path, env: Mapping[str, str], *, memory: bool = False
) -> Sample:
    """Runs a command to its end, at most `LIMIT_S`. A daemon counts for as long as it ran."""
    watch = _Watch() if memory else None
    cpu = _cpu_s()
    started = time.perf_counter()
    code, output = run(command, cwd, env)
    wall_s = time.perf_counter() - started
    peak = watch.stop() if watch else 0
    processes.reap_orphans()
    return Sample(code=code, output=output, wall_s=wall_s, cpu_s=_cpu_s() - cpu, peak_bytes=peak)


def run(
    command: Sequence[str], cwd: Path, env: Mapping[str, str], limit_s: float = LIMIT_S
) -> tuple[int, str]:
    """Its exit code and all that it said. The output goes to a file: a daemon that inherits a
    pipe would hold us for as long as it lives."""
    with tempfile.TemporaryFile() as out:
        started = subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = _wait(started, limit_s)
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGKILL)
            started.wait()
            processes.end_orphans()
            raise
        out.seek(0)
        return code, out.read().decode(errors="replace")


def _wait(started: subprocess.Popen[bytes], limit_s: float) -> int:
    """Told at once: with a limit, subprocess itself looks every 50 ms."""
    late = threading.Event()

    def end() -> None:
        late.set()
        os.killpg(started.pid, signal.SIGKILL)

    timer = threading.Timer(limit_s, end)
    timer.start()
    try:
        code = started.wait()
    finally:
        timer.cancel()
    if late.is_set():
        raise subprocess.TimeoutExpired(started.args, limit_s)
    return code


def _cpu_s() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime + processes.running_cpu_s()


class _Watch:
    """Looks at the memory again and again until it is stopped."""

    def __init__(self) -> None:
        self._peak = 0
        self._known = processes.shims()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        self._end.set()
        self._thread.join()
        return self._peak

    def _look(self) -> None:
        started, pause = time.monotonic(), _EVERY_S
        while not self._end.wait(pause):
            self._peak = max(self._peak, processes.held_bytes(self._known))
            pause = _EVERY_S if time.monotonic() - started < 2 else _SELDOM_S
