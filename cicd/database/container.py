"""The provider `container`: `postgres:<major>` in a container, its data in memory."""

from __future__ import annotations

import contextlib
import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.database import containers, entrypoint, image, prepared, readiness, settings
from cicd.database.containers import Plan, RunningContainer
from cicd.database.port import LOCALE, Refusal, Server
from cicd.database.readiness import Life
from cicd.errors import MissingError
from cicd.model import Secret
from cicd.system import engine, state
from cicd.system.engine import Engine
from cicd.system.owned import sweep_containers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import docker

    from cicd.database.port import Candidate, Need

NAME = "container"
_PROBE_S = 5.0
_WORK_S = 120.0
_CHUNK_BYTES = 1024 * 1024
_DATA = "data.tar"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerProvider:
    """Needs an engine that answers, and the image there or in a registry it can reach."""

    environ: Mapping[str, str] = field(repr=False)
    """DOCKER_HOST and its like, HOME, XDG_RUNTIME_DIR."""
    cache: Path
    say: Callable[[str], None] = lambda line: None
    repository: str = "postgres"
    name: str = NAME

    def probe(self, need: Need) -> Candidate | Refusal:
        import docker
        import requests

        found = engine.find_engine(self.environ)
        if found is None:
            return Refusal(NAME, f"no Docker engine answers at unix://{engine.DEFAULT_SOCKET}")
        name = f"{self.repository}:{need.major}"
        try:
            with client_closed(engine.connect(found, self.environ, _PROBE_S)) as client:
                identity = image.find_identity(client, name)
        except (docker.errors.DockerException, requests.RequestException, OSError) as error:
            reason = image.render_reason(error)
            return Refusal(NAME, f"no Docker engine answers at {found.url}: {reason}")
        if not identity.digest:
            answers = f"Docker answers ({identity.engine_version}, {found.url})"
            return Refusal(NAME, f"{answers}, but {name} is not here and {identity.reason}")
        return ContainerCandidate(
            origin=self, engine=found, image=name, digest=identity.digest, need=need
        )

    def sweep(self) -> tuple[str, ...]:
        """Never raises: an engine that does not answer has nothing of ours that runs."""
        found = engine.find_engine(self.environ)
        if found is None:
            return ()
        try:
            with client_closed(engine.connect(found, self.environ, _PROBE_S)) as client:
                return sweep_containers(client, containers.KIND)
        except Exception:
            return ()


@contextmanager
def client_closed(client: docker.DockerClient) -> Iterator[docker.DockerClient]:
    try:
        yield client
    finally:
        client.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerCandidate:
    """An image that is here, or that the registry has."""

    origin: ContainerProvider
    engine: Engine
    image: str
    digest: str
    need: Need
    provider: str = NAME

    @property
    def identity(self) -> str:
        return f"{NAME} {self.image} {self.digest} {LOCALE}"

    @contextmanager
    def open(self, *, snapshot: Path | None = None) -> Iterator[Server]:
        with contextlib.ExitStack() as stack:
            with _faults_translated():
                server, running = self._start(stack, snapshot or self._kept())
            readiness.require_extensions(server, self.need)
            yield server
            if snapshot is None and self._kept() is None and not running.ended():
                # After the work, since it takes 0.2 s; without it the next start takes longer.
                with contextlib.suppress(Exception):
                    _keep(running, entrypoint.PRISTINE, self._slot, server)

    def prepare(self, target: Path, fill: Callable[[Server], None]) -> None:
        with contextlib.ExitStack() as stack:
            with _faults_translated():
                server, running = self._start(stack, self._kept(), keep=True)
            readiness.require_extensions(server, self.need)
            fill(server)
            with _faults_translated():
                running.stop_server()
                _keep(running, "data", target, server)

    @property
    def _slot(self) -> Path:
        return prepared.slot(self.origin.cache, self.identity, "").folder

    def _kept(self) -> Path | None:
        """A data folder from before the first start, as a tar file, when there is one."""
        return self._slot if (self._slot / _DATA).is_file() else None

    def _start(
        self, stack: contextlib.ExitStack, folder: Path | None, *, keep: bool = False
    ) -> tuple[Server, RunningContainer]:
        client = engine.connect(self.engine, self.origin.environ, _WORK_S)
        stack.callback(client.close)
        image.require_image(client, self.image, self.origin.say)
        try:
            return self._launch(stack, client, folder, keep)
        except MissingError:
            if folder != self._slot:
                raise
            # Damaged: what it was made from is still here.
            prepared.Prepared(self._slot).discard()
            return self._launch(stack, client, None, keep)

    def _launch(
        self,
        stack: contextlib.ExitStack,
        client: docker.DockerClient,
        folder: Path | None,
        keep: bool,
    ) -> tuple[Server, RunningContainer]:
        size = (folder / _DATA).stat().st_size if folder else None
        plan = Plan(image=self.image, major=self.need.major, unpack_bytes=size, keep=keep)
        password = (folder / prepared.PASSWORD).read_text() if folder else new_password()
        running = stack.enter_context(containers.created(client, self.engine, plan))
        stdin = _read_chunks(folder / _DATA) if folder else [f"{password}\n".encode()]
        port = running.start(stdin)
        return self._wait(running, port, Secret(password)), running

    def _wait(self, running: RunningContainer, port: int, password: Secret) -> Server:
        def last_words() -> str:
            return readiness.render_death(NAME, running.log()) if running.ended() else ""

        server = Server(
            host=running.host,
            port=port,
            user=settings.SUPERUSER,
            password=password,
            owned=True,
            provider=NAME,
            version="",
            image=self.digest,
            inside=running.inside,
            last_words=last_words,
        )
        life = Life(running.ended, running.log)
        return readiness.wait_until_ready(server, life, cluster=entrypoint.CLUSTER)


def new_password() -> str:
    return secrets.token_urlsafe(18)


def _read_chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def _keep(running: RunningContainer, name: str, target: Path, server: Server) -> None:
    with state.folder_aside(target) as aside:
        with (aside / _DATA).open("wb") as file:
            file.writelines(running.read_folder(name))
        prepared.write_private(aside / prepared.PASSWORD, server.password.reveal())


@contextmanager
def _faults_translated() -> Iterator[None]:
    import docker
    import requests

    try:
        yield
    except (docker.errors.DockerException, requests.RequestException, OSError) as error:
        reason = image.render_reason(error)
        raise MissingError(f"{NAME}: the engine cannot run PostgreSQL: {reason}") from error
