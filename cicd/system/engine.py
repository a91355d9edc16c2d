"""Finds the container engine: Docker's or podman's, local, rootless or remote.

testcontainers finds it too, but importing it costs 0.3 s, it writes to `os.environ`, and it
gives no hold on the container's standard input, which is our sign of life in there.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    import docker

DEFAULT_SOCKET = "/var/run/docker.sock"
_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Engine:
    """Where an engine should answer, and who said so."""

    url: str
    origin: str
    context: str = ""
    """The Docker context that it is from; its certificates are read with it."""

    @property
    def is_remote(self) -> bool:
        return urlsplit(self.url).scheme not in ("unix", "npipe", "http+unix")


def find_engine(environ: Mapping[str, str]) -> Engine | None:
    """The engine that Docker's own client would use, else the first socket that is there."""
    if url := environ.get("DOCKER_HOST"):
        return Engine(url, "DOCKER_HOST")
    if found := _from_context(environ):
        return found
    if sys.platform == "win32":
        return Engine("npipe:////./pipe/docker_engine", "default")
    for path in sockets(environ):
        if _is_socket(path):
            return Engine(f"unix://{path}", "found")
    return None


def _is_socket(path: str) -> bool:
    try:
        return Path(path).is_socket()
    except OSError:  # HOME may be that of another user, whose folders are closed to us
        return False


def sockets(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Sockets of engines: Docker's, rootless Docker's, desktops', podman's."""
    home = environ.get("HOME", "")
    runtime = environ.get("XDG_RUNTIME_DIR") or f"/run/user/{_uid()}"
    return (
        DEFAULT_SOCKET,
        f"{runtime}/docker.sock",
        f"{home}/.docker/run/docker.sock",
        f"{home}/.docker/desktop/docker.sock",
        f"{home}/.rd/docker.sock",
        f"{home}/.colima/default/docker.sock",
        f"{home}/.orbstack/run/docker.sock",
        f"{runtime}/podman/podman.sock",
        "/run/podman/podman.sock",
    )


def connect(engine: Engine, environ: Mapping[str, str], timeout_s: float) -> docker.DockerClient:
    """A client of the engine, which has answered.

    Raises what the docker package raises, and `OSError` when nobody listens at a socket.
    """
    import docker
    from docker.utils import kwargs_from_env

    _require_listener(engine.url)

    options: dict[str, Any] = {"base_url": engine.url, "version": "auto", "timeout": timeout_s}
    if engine.origin == "DOCKER_HOST":
        options |= kwargs_from_env(dict(environ))
    # The docker package looks for contexts in its own places, and may not find this one.
    if engine.context and (found := docker.ContextAPI.get_context(engine.context)):
        options |= {"tls": found.TLSConfig or False}
    if engine.url.startswith("ssh://"):
        options |= {"use_ssh_client": True}
    return docker.DockerClient(**options)


def _require_listener(url: str) -> None:
    """The docker package leaves its connection open when the first answer does not come."""
    if url.startswith("unix://") and sys.platform != "win32":
        with socket.socket(socket.AF_UNIX) as knock:
            knock.connect(url.removeprefix("unix://"))


def _from_context(environ: Mapping[str, str]) -> Engine | None:
    """What `docker context use` chose."""
    folder = Path(environ.get("DOCKER_CONFIG") or Path(environ.get("HOME", "~"), ".docker"))
    try:
        chosen = json.loads((folder / "config.json").read_text()).get("currentContext", "")
    except (OSError, ValueError, AttributeError):
        chosen = ""
    name = environ.get("DOCKER_CONTEXT") or chosen
    if not name or name == "default":
        return None
    for meta in (folder / "contexts" / "meta").glob("*/meta.json"):
        try:
            content = json.loads(meta.read_text())
            if content["Name"] == name:
                return Engine(content["Endpoints"]["docker"]["Host"], "context", name)
        except (OSError, ValueError, LookupError, TypeError):
            continue
    return None


def read_address(engine: Engine, machine: str) -> str:
    """Where the ports are reached that the engine publishes; `machine` is the engine's own
    name for its machine. In a container that was handed the socket of the engine around it,
    that is the gateway; an engine beside us, in the same container, bears our name."""
    if engine.is_remote:
        return urlsplit(engine.url).hostname or _LOOPBACK
    if not _in_container() or machine == socket.gethostname():
        return _LOOPBACK
    try:
        return parse_gateway(Path("/proc/net/route").read_text()) or _LOOPBACK
    except OSError:
        return _LOOPBACK


def _in_container() -> bool:
    return Path("/.dockerenv").exists() or Path("/run/.containerenv").exists()


def parse_gateway(routes: str) -> str:
    """The default gateway in the words of `/proc/net/route`, as an address; or nothing."""
    for line in routes.splitlines()[1:]:
        fields = line.split()
        if len(fields) > 2 and fields[1] == "00000000" and fields[2] != "00000000":
            return ".".join(str(byte) for byte in reversed(bytes.fromhex(fields[2])))
    return ""


def _uid() -> int:
    return os.getuid() if os.name == "posix" else 0
