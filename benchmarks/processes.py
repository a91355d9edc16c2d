"""What the processes below this one take: CPU time and memory, from /proc. Linux only."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2): a daemon whose parent ends stays below us."""
_SHIM = "containerd-shim"
"""The parent of what runs in a container."""


@dataclass(frozen=True, slots=True)
class Process:
    parent: int
    name: str
    ticks: int


def adopt_orphans() -> None:
    """From now on what is started here stays below this process, whoever started it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def read_processes() -> dict[int, Process]:
    found = {}
    for entry in os.listdir("/proc") if sys.platform == "linux" else ():
        if entry.isdigit() and (process := _read_process(int(entry))):
            found[int(entry)] = process
    return found


def descendants(processes: dict[int, Process], roots: set[int]) -> set[int]:
    """All below `roots`, without them."""
    children: dict[int, list[int]] = {}
    for pid, process in processes.items():
        children.setdefault(process.parent, []).append(pid)
    found: set[int] = set()
    todo = list(roots)
    while todo:
        for pid in children.get(todo.pop(), ()):
            if pid not in found:
                found.add(pid)
                todo.append(pid)
    return found - roots


def running_cpu_s() -> float:
    """What the processes below us that still run have taken so far, such as daemons."""
    processes = read_processes()
    below = descendants(processes, {os.getpid()})
    return sum(processes[pid].ticks for pid in below) / os.sysconf("SC_CLK_TCK")


def reap_orphans() -> None:
    """Takes the exit codes of adopted processes, so that their CPU time counts.

    Only while nobody else waits for a child of this process.
    """
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def end_orphans() -> None:
    """Ends everything below this process, such as daemons and what a killed run left."""
    for pid in descendants(read_processes(), {os.getpid()}):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    reap_orphans()


def shims() -> set[int]:
    return {pid for pid, process in read_processes().items() if process.name.startswith(_SHIM)}


def held_bytes(known_shims: set[int]) -> int:
    """What everything below us holds now, and containers that were not there before: pages
    that several processes share count once (PSS)."""
    processes = read_processes()
    new = {p for p, found in processes.items() if found.name.startswith(_SHIM)} - known_shims
    return sum(map(_pss_bytes, descendants(processes, {os.getpid()} | new) | new))


def _pss_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has ended meanwhile, or belongs to another user
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:")), 0)


def _read_process(pid: int) -> Process | None:
    """https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; a name may hold spaces."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    name, _, rest = text.partition("(")[2].rpartition(")")
    fields = rest.split()
    return Process(parent=int(fields[1]), name=name, ticks=sum(map(int, fields[11:15])))
