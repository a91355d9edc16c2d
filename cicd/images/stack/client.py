"""The engine that stacks run on, and Docker's command line that leads there."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.errors import MissingError, RemoteError
from cicd.images.stack import compose
from cicd.images.stack.compose import Compose
from cicd.system import engine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import docker

    from cicd.system.engine import Engine
    from cicd.system.process import Runner

_WORK_S = 60.0
_GET_COMPOSE = (
    "install Docker Compose 2 or later: the package docker-compose-plugin of Docker, "
    "docker-compose of Debian 13, docker-compose-v2 of Ubuntu; Docker Desktop has it"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """An engine that answered. `address` is where the ports are reached that it publishes."""

    client: docker.DockerClient
    address: str
    env: Mapping[str, str]
    """Leads Docker's command line to the same engine."""

    @property
    def binding(self) -> str:
        """Where ports are published: to this machine alone, unless the engine is elsewhere."""
        return self.address if self.address == "127.0.0.1" else "0.0.0.0"


@contextmanager
def opened_host(environ: Mapping[str, str]) -> Iterator[Host]:
    """The engine of Docker's own client. Raises `MissingError` where none answers, `RemoteError`
    when it stops answering before the block ends."""
    import docker
    import requests

    found = engine.find_engine(environ)
    if found is None:
        raise MissingError(
            f"no Docker engine answers at unix://{engine.DEFAULT_SOCKET}",
            fix="install and start Docker",
        )
    client = _connected(found, environ)
    try:
        address = engine.read_address(found, client.info().get("Name", ""))
        env = {"DOCKER_HOST": found.url} if found.origin == "found" else {}
        yield Host(client=client, address=address, env=env)
    except (docker.errors.DockerException, requests.RequestException) as error:
        raise RemoteError(f"the Docker engine at {found.url} failed: {error}") from error
    finally:
        client.close()


def _connected(found: Engine, environ: Mapping[str, str]) -> docker.DockerClient:
    import docker
    import requests

    try:
        return engine.connect(found, environ, _WORK_S)
    except (docker.errors.DockerException, requests.RequestException, OSError) as error:
        reason = getattr(error, "strerror", None) or error
        raise MissingError(f"no Docker engine answers at {found.url}: {reason}") from error


def require_compose(
    runner: Runner, environ: Mapping[str, str], *, project: str, folder: Path, host: Host
) -> Compose:
    """Raises `MissingError` where Docker's command line or its Compose is missing or too old."""
    docker = shutil.which("docker", path=environ.get("PATH"))
    if docker is None:
        raise MissingError("Docker's command line is not installed", fix=_GET_COMPOSE)
    done = runner.run(compose.version_command(docker), quiet=True)
    if not compose.is_served(done.output):
        told = done.output.strip() if done.ok else ""
        said = f"Docker Compose {told} is too old" if told else "Docker Compose is not installed"
        raise MissingError(said, fix=_GET_COMPOSE)
    own = Path(docker).absolute()
    return Compose(docker=str(own), project=project, folder=folder, env=host.env)
