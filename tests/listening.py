"""Servers of a test's own that take messages: HTTP and SMTP, on ports that the system chooses."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseServer
from ssl import SSLContext
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope


@dataclass(frozen=True)
class Request:
    """What was asked for; `json` is what came with it."""

    path: str
    headers: dict[str, str]
    json: Any


@dataclass
class HttpServer:
    """Keeps what it is asked, and answers with `status` and `answer`; while it `hangs`, not."""

    port: int = 0
    status: int = 200
    answer: object = field(default_factory=dict)
    hangs: bool = False
    requests: list[Request] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)


@contextmanager
def http_server(tls: SSLContext | None = None) -> Iterator[HttpServer]:
    told = HttpServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.loads(text) if text else None
            told.requests.append(Request(self.path, dict(self.headers), body))
            if told.hangs:
                told.ended.wait()
            content = (
                told.answer if isinstance(told.answer, bytes) else json.dumps(told.answer).encode()
            )
            self.send_response(told.status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    told.port = server.server_address[1]
    with serving(server, told.ended):
        yield told


@contextmanager
def serving(server: BaseServer, ended: threading.Event) -> Iterator[None]:
    """Until the block ends, which is told by `ended` to those that are still being answered."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        ended.set()
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class SmtpServer:
    """Keeps the mails that it takes; with `refuses` it takes none."""

    port: int = 0
    refuses: bool = False
    login: tuple[bytes, bytes] = (b"", b"")
    mails: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: object, envelope: Envelope) -> str:
        if self.refuses:
            return "554 no thanks"
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


@contextmanager
def smtp_server(tls: SSLContext | None = None) -> Iterator[SmtpServer]:
    """With `tls`, mails are taken encrypted only, and from who logs in as `told.login`."""
    told, loop = SmtpServer(), asyncio.new_event_loop()

    def knows(server: object, session: object, envelope: object, how: str, data: object) -> Any:
        given = (getattr(data, "login", b""), getattr(data, "password", b""))
        return AuthResult(success=given == told.login, handled=given == told.login)

    def speak() -> SMTP:
        asked = {"authenticator": knows, "auth_required": True, "require_starttls": True}
        options: dict[str, Any] = {"tls_context": tls, **asked} if tls else {}
        return SMTP(told, loop=loop, hostname="localhost", **options)

    server = loop.run_until_complete(loop.create_server(speak, "127.0.0.1", 0))
    told.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield told
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
