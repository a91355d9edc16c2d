"""Who started a thing, and whether that process still lives."""

from __future__ import annotations

import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

UNKNOWN = "-"
"""What a system without /proc does not tell."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A process, named so that no later process can be mistaken for it.

    `boot` tells one run of the machine from the next, `started` the process from a later one
    with the same number. Numbers are counted in a `namespace`: two containers that share a
    host's name may each have a process 1.
    """

    host: str
    boot: str
    namespace: str
    pid: int
    started: str

    @classmethod
    def parse(cls, text: str) -> Owner | None:
        """The reverse of `str()`; None for a text that is not ours."""
        try:
            host, boot, namespace, pid, started = text.split("/")
            return cls(host, boot, namespace, int(pid), started)
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.host}/{self.boot}/{self.namespace}/{self.pid}/{self.started}"

    def is_dead(self) -> bool:
        """True only when this is certain: a process counted elsewhere is not ours to judge."""
        if self.host != _host() or self.namespace != _namespace():
            return False
        # Without a start it was dead when it was named.
        return self.boot != _boot() or not self.started or _started(self.pid) != self.started


def current_owner() -> Owner:
    """This process."""
    return owner_of(os.getpid())


def owner_of(pid: int) -> Owner:
    return Owner(_host(), _boot(), _namespace(), pid, _started(pid))


def _host() -> str:
    return socket.gethostname()


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return UNKNOWN


def _namespace() -> str:
    try:
        return str(os.stat("/proc/self/ns/pid").st_ino)
    except OSError:
        return UNKNOWN


def _started(pid: int) -> str:
    """When the process started, in the system's own words; empty when there is none."""
    if sys.platform == "linux":
        return _started_linux(pid)
    return _started_elsewhere(pid)


def _started_linux(pid: int) -> str:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return ""
    state, start_time = fields[0], fields[19]
    return "" if state == "Z" else start_time


def _started_elsewhere(pid: int) -> str:
    """Without /proc only the number is known: a reused one keeps a dead owner's things."""
    try:
        os.kill(pid, 0)
    except PermissionError:
        pass
    except OSError:
        return ""
    return UNKNOWN
