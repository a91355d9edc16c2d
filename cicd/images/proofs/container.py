"""The container that an image is proven in: ours, and gone whatever happens."""

from __future__ import annotations

import contextlib
import secrets
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from cicd.system import engine
from cicd.system.aftermath import when_killed
from cicd.system.owned import owner_labels
from cicd.system.process import plain_env

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import docker
    from docker.models.containers import Container

    from cicd.model import Secret
    from cicd.system.engine import Engine

KIND = "image"
_LOOPBACK = "127.0.0.1"
_REMOVAL = ("-P", "-m", "cicd.images.proofs.removal")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """`exit_code` is None while it runs; `reason` is the engine's own word for a bad end."""

    exit_code: int | None
    reason: str = ""


class ProofContainer:
    """One container of the image, created and not started yet."""

    def __init__(self, container: Container, host: str, port: int | None) -> None:
        self._container, self._host, self._port = container, host, port

    def start(self) -> None:
        """Raises docker's `APIError` when the engine cannot start its program."""
        self._container.start()

    def read_state(self) -> State:
        self._container.reload()
        state = self._container.attrs["State"]
        if state["Status"] in ("running", "created", "restarting", "paused"):
            return State(exit_code=None)
        killed = "it ran out of memory" if state.get("OOMKilled") else state.get("Error", "")
        return State(exit_code=int(state["ExitCode"]), reason=killed)

    @property
    def address(self) -> tuple[str, int] | None:
        """Where we reach its port, as the engine chose it; of the last `read_state`."""
        found = self._container.ports.get(f"{self._port}/tcp") or []
        return (self._host, int(found[0]["HostPort"])) if found else None

    def signal(self, name: str) -> None:
        self._container.kill(signal=name)

    def wait(self, limit_s: float) -> int | None:
        """Its exit code; None when it still runs at the time limit."""
        import requests

        try:
            return int(self._container.wait(timeout=limit_s)["StatusCode"])
        except requests.RequestException:
            # An engine that went away raises here; one that waits still does not.
            return self.read_state().exit_code

    def log(self, lines: int) -> str:
        """The last that it printed."""
        printed: bytes = self._container.logs(tail=lines)
        return printed.decode(errors="replace").strip()

    def run_inside(self, *argv: str) -> str:
        """What a program of the image prints in there; "" when it fails or is not there."""
        import docker

        try:
            code, output = self._container.exec_run(list(argv))
        except docker.errors.APIError:
            return ""
        return cast("bytes", output).decode(errors="replace") if code == 0 else ""


@contextmanager
def created(
    client: docker.DockerClient,
    where: Engine,
    image_id: str,
    *,
    env: Mapping[str, str | Secret],
    port: int | None,
    environ: Mapping[str, str],
) -> Iterator[ProofContainer]:
    """A container on the engine's default bridge, its port published for this machine alone.

    It is gone with its volumes when the block ends, and when this process is killed. `environ`
    is where an engine is looked for. Raises what the docker package raises.
    """
    host = engine.read_address(where, client.info().get("Name", ""))
    name = f"cicd-image-{secrets.token_hex(6)}"
    with when_killed((sys.executable, *_REMOVAL, name), environ=environ):
        try:
            options = _options(env, port, host)
            container = client.containers.create(image_id, name=name, **options)
            yield ProofContainer(container, host, port)
        finally:
            remove(client, name)


def _options(env: Mapping[str, str | Secret], port: int | None, host: str) -> dict[str, Any]:
    # Elsewhere than on this machine it must be reached from outside.
    published = (host if host == _LOOPBACK else "0.0.0.0", None)
    return {
        "environment": plain_env({}, env),
        "ports": {f"{port}/tcp": published} if port else {},
        "labels": owner_labels(KIND),
        # Its log is asked for, whatever the engine does with logs otherwise.
        "log_config": {"Type": "json-file", "Config": {"max-size": "10m"}},
        "detach": True,
    }


def remove(client: docker.DockerClient, name: str) -> None:
    """Removes a container by its name, with its volumes. Never raises for one that is gone;
    an engine that went away keeps it for the next sweep."""
    import docker
    import requests

    with contextlib.suppress(docker.errors.DockerException, requests.RequestException):
        client.api.remove_container(name, force=True, v=True)
