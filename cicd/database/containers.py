"""Containers with a server in them, and our hold on their standard input."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd.database import entrypoint, readiness
from cicd.database.stream import Stream
from cicd.errors import MissingError
from cicd.system import engine
from cicd.system.owned import owner_labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import docker
    from docker.models.containers import Container

    from cicd.system.engine import Engine


KIND = "database"
TMPFS_FROM_BYTES = 2 * 1024**3
"""A machine with less memory keeps its data on disk."""
_SHM_BYTES = 256 * 1024**2
_LOG_CHUNKS = 200
_REMOVE_S = 30
_END_S = 2.0
_STDERR = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What container to start."""

    image: str
    major: str
    unpack_bytes: int | None = None
    """The size of the tar file of its data; None: it makes its data itself."""
    keep: bool = False
    """Whether it stays when the server has stopped, so that its data can be fetched."""


class RunningContainer:
    """Gone when its standard input closes: by `close`, and when we are killed."""

    def __init__(
        self, api: docker.APIClient, container: Container, host: str, attached: object
    ) -> None:
        self._api, self._container, self._stream = api, container, Stream(attached)
        self.host = host
        self._log: deque[bytes] = deque(maxlen=_LOG_CHUNKS)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def start(self, stdin: Iterable[bytes]) -> int:
        """Starts it with this on its standard input, which stays open; its server's port."""
        import docker

        self._container.start()
        try:
            for chunk in stdin:
                self._stream.send(chunk)
            self._container.reload()
            ports = self._container.ports
            return int((ports[f"{entrypoint.PORT}/tcp"] or [])[0]["HostPort"])
        except (OSError, LookupError, docker.errors.NotFound) as error:
            if not self.ended(_END_S):
                raise
            raise MissingError(readiness.render_death("container", self.log())) from error

    @property
    def inside(self) -> tuple[str, int] | None:
        """Where other containers on the engine's own bridge reach it, once it has started."""
        networks = self._container.attrs.get("NetworkSettings", {}).get("Networks") or {}
        address = next((each.get("IPAddress") for each in networks.values()), "")
        return (address, entrypoint.PORT) if address else None

    def ended(self, wait_s: float = 0.0) -> bool:
        """Whether its main process has ended; the engine then closes our stream."""
        self._reader.join(wait_s)
        return not self._reader.is_alive()

    def log(self) -> str:
        """The last that it printed."""
        return b"".join(self._log).decode(errors="replace")

    def stop_server(self) -> None:
        """Ends the server cleanly; only where the container was told to stay."""
        b"".join(self.run_inside("pg_ctl", "-m", "fast", "-w", "stop"))

    def read_folder(self, name: str) -> Iterator[bytes]:
        """A folder beside the data, or the data itself, as a tar file."""
        script = f'exec tar -c -C "$CICD_HOME/{name}" -f - .'
        return self.run_inside("sh", "-c", script)

    def pack(self, name: str) -> None:
        """Copies the data into a tar file of this name beside it."""
        script = f'exec tar -c -C "$PGDATA" -f "$CICD_HOME/{name}" .'
        b"".join(self.run_inside("sh", "-c", script))

    def take_file(self, name: str) -> Iterator[bytes]:
        """The content of a file beside the data, which is then removed."""
        script = f'cat "$CICD_HOME/{name}" && rm "$CICD_HOME/{name}"'
        return self.run_inside("sh", "-c", script)

    def run_inside(self, *argv: str) -> Iterator[bytes]:
        """What a program prints in there. Raises `MissingError` when it fails."""
        api, errors = self._api, b""
        started = api.exec_create(self._container.id, list(argv))["Id"]
        with contextlib.closing(Stream(api.exec_start(started, socket=True))) as stream:
            for kind, printed in stream.frames():
                if kind == _STDERR:
                    errors += printed
                else:
                    yield printed
        if api.exec_inspect(started)["ExitCode"] != 0:
            raise MissingError(f"container: {argv[0]} failed: {errors.decode(errors='replace')}")

    def close(self) -> None:
        """Ends and removes it, with its volumes. May be called twice."""
        import docker
        import requests

        self._stream.shut()
        # An engine that has gone away takes it with it, or removes it when it is back.
        with contextlib.suppress(docker.errors.DockerException, requests.RequestException):
            self._container.remove(force=True, v=True)
        with contextlib.suppress(docker.errors.DockerException, requests.RequestException):
            self._container.wait(condition="removed", timeout=_REMOVE_S)
        self._reader.join(1)
        self._stream.close()

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            for _, printed in self._stream.frames():
                self._log.append(printed)


@contextmanager
def created(client: docker.DockerClient, where: Engine, plan: Plan) -> Iterator[RunningContainer]:
    """The container, not started yet. Raises what the docker package raises."""
    machine = client.info()
    host = engine.read_address(where, machine.get("Name", ""))
    in_memory = machine.get("MemTotal", 0) >= TMPFS_FROM_BYTES
    options = _options(plan, host=host, in_memory=in_memory)
    container = client.containers.create(plan.image, **options)
    try:
        running = RunningContainer(client.api, container, host, _attach(container))
    except BaseException:
        container.remove(force=True, v=True)
        raise
    try:
        yield running
    finally:
        running.close()


def _options(plan: Plan, *, host: str, in_memory: bool) -> dict[str, Any]:
    keep = {entrypoint.KEEP: "1"} if plan.keep else {}
    mount = entrypoint.data_mount(plan.major)
    return {
        "entrypoint": ["sh", "-c", entrypoint.script(plan.major, unpack_bytes=plan.unpack_bytes)],
        "command": [],
        "user": "postgres",
        "environment": {**entrypoint.environment(plan.major), **keep},
        "tmpfs": {mount: "mode=1777"} if in_memory else {},
        "shm_size": _SHM_BYTES,
        # Elsewhere than on this machine it must be reached from outside; it has a password.
        "ports": {f"{entrypoint.PORT}/tcp": (host if host == "127.0.0.1" else "0.0.0.0", None)},
        "labels": owner_labels(KIND),
        "stdin_open": True,
        "auto_remove": True,
    }


def _attach(container: Container) -> Any:
    """Before the start, so that nothing it prints is lost when it ends at once."""
    return container.attach_socket(params={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
