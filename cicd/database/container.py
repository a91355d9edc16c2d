"""The provider `container`: `postgres:<major>` in a container, its data in memory."""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from cicd.database import containers, entrypoint, image, prepared, readiness, settings
from cicd.database.containers import Plan, RunningContainer
from cicd.database.port import LOCALE, Refusal, Server
from cicd.database.readiness import Life
from cicd.errors import MissingError
from cicd.model import Secret
from cicd.system import engine
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
_ASIDE = "kept.tar"


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
        left = prepared.sweep(self.cache)
        found = engine.find_engine(self.environ)
        if found is None:
            return left
        try:
            with client_closed(engine.connect(found, self.environ, _PROBE_S)) as client:
                return (*left, *sweep_containers(client, containers.KIND))
        except Exception:
            return left


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
    def open(self, *, snapshot: Path | None = None, schema: str = "") -> Iterator[Server]:
        kept = [prepared.Prepared(snapshot)] if snapshot else self._kept(schema)
        with contextlib.ExitStack() as stack:
            with _faults_translated():
                server, running = self._start(stack, kept, must=snapshot is not None)
            readiness.require_extensions(server, self.need)
            yield server
            if snapshot is None and not self._kept(schema) and not running.ended():
                # After the work, since it takes 0.2 s; without it the next start takes longer.
                with contextlib.suppress(Exception):
                    _keep(running, entrypoint.PRISTINE, self._slot().folder, server)

    def prepare(self, target: Path, fill: Callable[[Server], None]) -> None:
        with contextlib.ExitStack() as stack:
            with _faults_translated():
                server, running = self._start(stack, self._kept(), stays=True)
            readiness.require_extensions(server, self.need)
            fill(server)
            with _faults_translated():
                running.stop_server()
                _keep(running, "data", target, server)

    def _slot(self, schema: str = "") -> prepared.Prepared:
        return prepared.slot(self.origin.cache, self.identity, "", schema)

    def _kept(self, schema: str = "") -> list[prepared.Prepared]:
        """What is there to start on: with the template, and from before a first start."""
        slots = [self._slot(schema), self._slot()] if schema else [self._slot()]
        return [each for each in slots if each.exists]

    def _start(
        self,
        stack: contextlib.ExitStack,
        kept: list[prepared.Prepared],
        *,
        must: bool = False,
        stays: bool = False,
    ) -> tuple[Server, RunningContainer]:
        """On the first of these that serves, else on a new one, unless one of them `must`."""
        client = engine.connect(self.engine, self.origin.environ, _WORK_S)
        stack.callback(client.close)
        image.require_image(client, self.image, self.origin.say)
        for each in kept:
            try:
                with each.opened() as (file, password):
                    return self._launch(stack, client, password, file, stays)
            except (MissingError, OSError):
                if must:
                    raise
                # Damaged: what it was made from is still here.
                each.discard()
        return self._launch(stack, client, new_password(), None, stays)

    def _launch(
        self,
        stack: contextlib.ExitStack,
        client: docker.DockerClient,
        password: str,
        file: BinaryIO | None,
        stays: bool,
    ) -> tuple[Server, RunningContainer]:
        size = os.fstat(file.fileno()).st_size if file else None
        plan = Plan(image=self.image, major=self.need.major, unpack_bytes=size, keep=stays)
        running = stack.enter_context(containers.created(client, self.engine, plan))
        stdin = _read_chunks(file) if file else [f"{password}\n".encode()]
        port = running.start(stdin)
        return self._wait(stack, running, port, Secret(password)), running

    def _wait(
        self, stack: contextlib.ExitStack, running: RunningContainer, port: int, password: Secret
    ) -> Server:
        def last_words() -> str:
            return readiness.render_death(NAME, running.log()) if running.ended() else ""

        def keep(schema: str, unchanged: Callable[[], bool]) -> None:
            with _faults_translated():
                running.pack(_ASIDE)
            if not unchanged():
                raise OSError("the data changed while it was copied")
            # To us while the tests run: that takes 0.3 s.
            fetching = threading.Thread(target=fetch, args=(schema,), daemon=True)
            fetching.start()
            stack.callback(fetching.join)

        def fetch(schema: str) -> None:
            with contextlib.suppress(Exception):
                chunks = running.take_file(_ASIDE)
                target = self._slot(schema).folder
                prepared.keep(target, password.reveal(), lambda file: file.writelines(chunks))
                prepared.prune(self.origin.cache)

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
            keep=keep,
        )
        life = Life(running.ended, running.log)
        return readiness.wait_until_ready(server, life, cluster=entrypoint.CLUSTER)


def new_password() -> str:
    return secrets.token_urlsafe(18)


def _read_chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK_BYTES):
        yield chunk


def _keep(running: RunningContainer, name: str, target: Path, server: Server) -> None:
    def write(file: BinaryIO) -> None:
        file.writelines(running.read_folder(name))

    prepared.keep(target, server.password.reveal(), write)


@contextmanager
def _faults_translated() -> Iterator[None]:
    import docker
    import requests

    try:
        yield
    except (docker.errors.DockerException, requests.RequestException, OSError) as error:
        reason = image.render_reason(error)
        raise MissingError(f"{NAME}: the engine cannot run PostgreSQL: {reason}") from error
