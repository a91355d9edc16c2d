"""The two-way stream between us and a program in a container."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


class Stream:
    """What `attach` and `exec` of the docker package give: what we send is the program's
    standard input, and what it prints comes in frames."""

    def __init__(self, attached: Any) -> None:
        self._attached = attached
        # The object that it gives for a local engine reads only; the socket in it does both.
        self._socket: socket.socket = getattr(attached, "_sock", attached)
        self._socket.settimeout(None)

    def send(self, content: bytes) -> None:
        self._socket.sendall(content)

    def frames(self) -> Iterator[tuple[int, bytes]]:
        """Until the program ends: 1 or 2 for its output or its errors, and a piece of it.

        Each has 8 bytes in front, the first its kind, the last four its length.
        """
        while len(head := self._receive(8)) == 8:
            yield head[0], self._receive(int.from_bytes(head[4:], "big"))

    def shut(self) -> None:
        """The program sees its standard input end, and a reader the end of the stream."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        # Two objects of one socket, which is closed when both are.
        self._attached.close()
        self._socket.close()

    def _receive(self, size: int) -> bytes:
        received = bytearray()
        while len(received) < size and (chunk := self._socket.recv(size - len(received))):
            received += chunk
        return bytes(received)
