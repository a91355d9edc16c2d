"""An engine of a test's own, at a socket of its own: it knows of images, and of a registry."""

import json
import shutil
import socketserver
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import unquote

from tests.listening import serving


@dataclass
class FakeEngine:
    """`images` and `registry` tell the digest of each name; while it `hangs`, it is silent."""

    socket: Path
    images: dict[str, str] = field(default_factory=dict)
    registry: dict[str, str] = field(default_factory=dict)
    pulled: dict[str, str] = field(default_factory=dict)
    """Digests of the registry, of images that came from one."""
    hangs: bool = False
    asked: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def host(self) -> str:
        return f"unix://{self.socket}"

    def answer(self, path: str) -> tuple[int, object]:
        self.asked.append(path)
        if self.hangs:
            self.ended.wait()
        _, kind, name, _ = unquote(path).split("/")
        if kind == "images" and name in self.images:
            repository = name.partition(":")[0]
            digests = [f"{repository}@{self.pulled[name]}"] if name in self.pulled else []
            return 200, {"Id": self.images[name], "RepoDigests": digests}
        if kind == "distribution" and name in self.registry:
            return 200, {"Descriptor": {"digest": self.registry[name]}}
        return 404, {"message": f"No such image: {name}"}


@contextmanager
def fake_engine() -> Iterator[FakeEngine]:
    folder = Path(tempfile.mkdtemp())  # a socket's path is short
    told = FakeEngine(folder / "engine.sock")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, answer = told.answer(self.path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

        def address_string(self) -> str:
            return "a socket"

    class Server(socketserver.ThreadingUnixStreamServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # who asked has gone

    try:
        with serving(Server(str(told.socket), Handler), told.ended):
            yield told
    finally:
        shutil.rmtree(folder)
