"""Which image an engine has under a name: one short question, asked without the docker package."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from cicd.system.engine import connect, find_engine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.system.engine import Engine

_ANSWER_S = 2.0
_REGISTRY_S = 10.0
_MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Held:
    """`engine`: one answers. `digest`: the image that it has, "" for none. The digest is that of
    the registry where the image came from one: the same on every machine."""

    engine: bool
    digest: str = ""

    @property
    def state(self) -> str:
        return self.digest or ("no image" if self.engine else "no engine")


def read_held(environ: Mapping[str, str], name: str, timeout_s: float = _ANSWER_S) -> Held:
    """Never raises: an engine that does not answer in time is none."""
    engine = find_engine(environ)
    if engine is None:
        return Held(False)
    try:
        status, told = _ask(engine, environ, f"/images/{quote(name, safe=':/')}/json", timeout_s)
        if status == 404:
            return Held(True)
        return Held(True, _digest(told, name)) if status == 200 else Held(False)
    except Exception:  # whatever the docker package raises, and what is no answer of an engine
        return Held(False)


def read_registry(environ: Mapping[str, str], name: str) -> str:
    """The digest that the registry has under the name, as the engine is told; "" for none."""
    engine = find_engine(environ)
    try:
        path = f"/distribution/{quote(name, safe=':/')}/json"
        status, told = _ask(engine, environ, path, _REGISTRY_S) if engine else (0, {})
        return str(told["Descriptor"]["digest"]) if status == 200 else ""
    except Exception:
        return ""


def _digest(image: dict[str, Any], name: str) -> str:
    repository = name.rpartition(":")[0]
    ends = (f"/{repository}", repository)
    found = [
        digest
        for place, _, digest in (one.partition("@") for one in image.get("RepoDigests") or ())
        if place.endswith(ends[0]) or place == ends[1]
    ]
    return found[0] if len(found) == 1 else str(image["Id"])


def _ask(
    engine: Engine, environ: Mapping[str, str], path: str, timeout_s: float
) -> tuple[int, dict[str, Any]]:
    """The status and the JSON of an answer."""
    address = urlsplit(engine.url)
    guarded = engine.context or environ.get("DOCKER_TLS_VERIFY") or environ.get("DOCKER_CERT_PATH")
    if address.scheme in ("unix", "http+unix"):
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(timeout_s)
            line.connect(address.path)
            return _exchange(line, path)
    if address.scheme in ("tcp", "http") and not guarded:
        where = (address.hostname or "127.0.0.1", address.port or 2375)
        with socket.create_connection(where, timeout_s) as line:
            return _exchange(line, path)
    client = connect(engine, environ, timeout_s)
    try:
        answer = client.api.get(f"{client.api.base_url}{path}", timeout=timeout_s)
        return answer.status_code, answer.json()
    finally:
        client.close()


def _exchange(line: socket.socket, path: str) -> tuple[int, dict[str, Any]]:
    """HTTP/1.0: the answer ends with the connection, and does not come in pieces."""
    line.sendall(
        f"GET {path} HTTP/1.0\r\nHost: engine\r\nAccept: application/json\r\n\r\n".encode()
    )
    received = bytearray()
    while piece := line.recv(65536):
        received += piece
        if len(received) > _MOST_BYTES:
            raise ValueError("no engine says so much")
    head, _, body = bytes(received).partition(b"\r\n\r\n")
    told = json.loads(body)
    return int(head.split(None, 2)[1]), told if isinstance(told, dict) else {}
