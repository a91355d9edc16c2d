"""An HTTP proxy in front of a real server, which does what a list of faults says."""

import contextlib
import http.client
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_PIECE = 64 * 1024


@dataclass
class Fault:
    """What happens to the first `times` requests of this method whose path the pattern finds.

    `status` answers without asking the server. `resets`: the connection breaks off, in the
    middle of what is sent. `before` is called, and the request goes on its way. Who shows
    the login `unless` is not concerned.
    """

    method: str = ".*"
    path: str = ""
    times: int = 1_000_000
    status: int = 0
    text: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    resets: bool = False
    before: Callable[[], object] | None = None
    unless: str = ""
    met: int = 0

    def meets(self, method: str, path: str, login: str) -> bool:
        if self.unless and login == self.unless:
            return False
        return bool(re.fullmatch(self.method, method) and re.search(self.path, path))


@dataclass
class FaultyProxy:
    """`host` is where it listens; `asked` is what it was asked, in order."""

    host: str
    faults: list[Fault] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, **fault: object) -> Fault:
        made = Fault(**fault)  # type: ignore[arg-type]
        self.faults.append(made)
        return made

    def take(self, method: str, path: str, login: str) -> Fault | None:
        """The first fault that this request meets and that is not used up."""
        with self._lock:
            self.asked.append(f"{method} {path}")
            for fault in self.faults:
                if fault.met < fault.times and fault.meets(method, path, login):
                    fault.met += 1
                    return fault
        return None


@contextlib.contextmanager
def faulty_proxy(upstream: str) -> Iterator[FaultyProxy]:
    """Passes everything on to `upstream`, "host:port" or "unix:///path", until a fault is added."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    proxy = FaultyProxy(f"127.0.0.1:{server.server_address[1]}")
    server.proxy, server.upstream = proxy, upstream  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        proxy: FaultyProxy = self.server.proxy  # type: ignore[attr-defined]
        fault = proxy.take(self.command, self.path, self.headers.get("Authorization", ""))
        if fault and fault.before:
            fault.before()
        if fault and fault.resets:
            self._reset()
        elif fault and fault.status:
            self._answer(fault.status, fault.text.encode(), fault.headers)
        else:
            self._pass_on()

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def log_message(self, *arguments: object) -> None:
        pass

    def _reset(self) -> None:
        """Half of what is sent is taken; then the peer sees "connection reset"."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)) // 2)
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        # Both files hold the socket open.
        self.rfile.close()
        self.wfile.close()
        self.connection.close()

    def _answer(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _pass_on(self) -> None:
        upstream = _connection(self.server.upstream)  # type: ignore[attr-defined]
        size = int(self.headers.get("Content-Length", 0))
        try:
            upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                upstream.putheader(name, value)
            upstream.endheaders()
            while size and (piece := self.rfile.read(min(size, _PIECE))):
                upstream.send(piece)
                size -= len(piece)
            answer = upstream.getresponse()
            self._copy(answer)
        finally:
            upstream.close()

    def _copy(self, answer: http.client.HTTPResponse) -> None:
        content = answer.read()
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        length = answer.getheader("Content-Length") if self.command == "HEAD" else len(content)
        if answer.status not in (204, 304):
            self.send_header("Content-Length", str(length or 0))
        self.end_headers()
        self.wfile.write(content)


def _connection(upstream: str) -> http.client.HTTPConnection:
    if not upstream.startswith("unix://"):
        return http.client.HTTPConnection(upstream)
    made = http.client.HTTPConnection("localhost")
    made.sock = socket.socket(socket.AF_UNIX)
    made.sock.connect(upstream.removeprefix("unix://"))
    return made
