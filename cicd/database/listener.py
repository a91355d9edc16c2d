"""Answers questions of other processes of this machine: JSON lines over loopback, with a token."""

from __future__ import annotations

import contextlib
import hmac
import io
import json
import secrets
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from cicd.model import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_LONGEST_LINE = 65_536
_GREETING_TIMEOUT_S = 10.0


class Visit(Protocol):
    """One process that is connected. Its methods are called one after the other."""

    def answer(self, request: Mapping[str, object]) -> Mapping[str, object] | None:
        """The answer to one line, None for a line that wants none. Never raises."""
        ...

    def end(self) -> None:
        """The process hung up or died. Called once."""
        ...


@contextmanager
def listening(receive: Callable[[], Visit]) -> Iterator[tuple[str, Secret]]:
    """Yields an address ("127.0.0.1:40123") and the token that every first line must carry.

    When the block ends all visits are ended, and nobody is answered any more.
    """
    token = Secret(secrets.token_hex(16))
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        door = _Door(listener, receive, token)
        thread = threading.Thread(target=door.serve, name="cicd-broker", daemon=True)
        thread.start()
        host, port = listener.getsockname()
        try:
            yield f"{host}:{port}", token
        finally:
            door.close()
            thread.join()


class _Door:
    def __init__(
        self, listener: socket.socket, receive: Callable[[], Visit], token: Secret
    ) -> None:
        self._listener, self._receive, self._token = listener, receive, token
        self._visitors: dict[socket.socket, threading.Thread] = {}
        self._changing = threading.Lock()
        self._closing = False

    def serve(self) -> None:
        while True:
            visitor, _ = self._listener.accept()
            with self._changing:
                if self._closing:
                    visitor.close()
                    return
                thread = threading.Thread(target=self._host, args=(visitor,), daemon=True)
                self._visitors[visitor] = thread
                thread.start()

    def close(self) -> None:
        with self._changing:
            self._closing = True
            visitors = dict(self._visitors)
        # On no system does closing a socket wake a thread that waits in accept().
        socket.create_connection(self._listener.getsockname()).close()
        for visitor, thread in visitors.items():
            with contextlib.suppress(OSError):
                visitor.shutdown(socket.SHUT_RDWR)
            thread.join()

    def _host(self, visitor: socket.socket) -> None:
        with visitor, visitor.makefile("rwb") as stream:
            with contextlib.suppress(OSError, ValueError):
                if self._greets(visitor, stream):
                    self._converse(stream)
        with self._changing:
            del self._visitors[visitor]

    def _greets(self, visitor: socket.socket, stream: io.BufferedRWPair) -> bool:
        visitor.settimeout(_GREETING_TIMEOUT_S)
        greeting = _parse_line(stream.readline(_LONGEST_LINE))
        visitor.settimeout(None)
        token = str(greeting.get("token")).encode()
        return hmac.compare_digest(token, self._token.reveal().encode())

    def _converse(self, stream: io.BufferedRWPair) -> None:
        visit = self._receive()
        try:
            while line := stream.readline(_LONGEST_LINE):
                reply = visit.answer(_parse_line(line))
                if reply is not None:
                    stream.write(json.dumps(reply).encode() + b"\n")
                    stream.flush()
        finally:
            visit.end()


def _parse_line(line: bytes) -> Mapping[str, object]:
    found = json.loads(line or b"{}")
    return found if isinstance(found, dict) else {}
