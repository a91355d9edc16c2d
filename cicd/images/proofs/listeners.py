"""Which ports a container's programs listen on, as Linux tells them inside."""

from __future__ import annotations

from dataclasses import dataclass

COMMAND = ("cat", "/proc/net/tcp", "/proc/net/tcp6")
_LISTENS = "0A"
_LOOPBACKS = ("0100007F", "00000000000000000000000001000000")


@dataclass(frozen=True, slots=True)
class Listener:
    port: int
    only_inside: bool
    """Whether it listens on the loopback address, which nobody outside reaches."""


def parse_listeners(text: str) -> tuple[Listener, ...]:
    """From `/proc/net/tcp` and `/proc/net/tcp6`."""
    found = set()
    for line in text.splitlines():
        fields = line.split()
        if len(fields) > 3 and fields[3] == _LISTENS and ":" in fields[1]:
            address, _, port = fields[1].partition(":")
            found.add(Listener(int(port, 16), address in _LOOPBACKS))
    return tuple(sorted(found, key=lambda each: each.port))


def explain_listeners(found: tuple[Listener, ...], port: int, image: str) -> str:
    """What would make it reachable, where what it listens on establishes that; else ""."""
    if any(each.port == port and not each.only_inside for each in found):
        return ""
    if any(each.port == port for each in found):
        return f"listen on 0.0.0.0: in the container, 127.0.0.1:{port} is reached from inside alone"
    others = [each.port for each in found if not each.only_inside]
    return f'it listens on {others[0]}: cicd.Image("{image}", port={others[0]})' if others else ""
