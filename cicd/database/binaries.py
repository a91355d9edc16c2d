"""Servers that a build of PostgreSQL runs for us: what local and embedded share."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import socket
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from cicd.database import builds, data_folder, packing, prepared, readiness, settings, watchdog
from cicd.database.builds import Build
from cicd.database.port import Server
from cicd.database.prepared import Prepared
from cicd.database.readiness import Life
from cicd.errors import MissingError
from cicd.model import Secret
from cicd.system import daemon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cicd.database.data_folder import RunFolder
    from cicd.database.port import Need
    from cicd.database.server_user import ServerUser

_INITDB_S = 120.0
_STOP_S = 60.0
_PORTS = 5
_PORT_TAKEN = re.compile(r"could not bind|Address already in use|could not create any TCP/IP")


def free_port() -> int:
    """A port that nobody has now. Another may be quicker: then the start is tried again."""
    with socket.socket() as listener:
        listener.bind((builds.HOST, 0))
        return int(listener.getsockname()[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class BinariesCandidate:
    """A server that a build can run: in a folder of its own, under a watchdog."""

    build: Build
    need: Need
    user: ServerUser | None
    places: tuple[Path, ...]
    cache: Path
    choose_port: Callable[[], int] = field(default=free_port, compare=False)

    @property
    def provider(self) -> str:
        return self.build.provider

    @property
    def identity(self) -> str:
        return self.build.identity

    @contextmanager
    def open(self, *, snapshot: Path | None = None, schema: str = "") -> Iterator[Server]:
        with self._started(snapshot, schema) as (server, _, _):
            readiness.require_extensions(server, self.need)
            yield server

    def prepare(self, target: Path, fill: Callable[[Server], None]) -> None:
        with self._started(None) as (server, folder, process):
            readiness.require_extensions(server, self.need)
            fill(server)
            process.interrupt()
            if not process.ended(_STOP_S):
                raise MissingError(f"{self.provider}: PostgreSQL does not stop")
            with faults_translated(self.provider):
                prepared.keep(target, server.password.reveal(), _packing(folder))

    @contextmanager
    def _started(
        self, snapshot: Path | None, schema: str = ""
    ) -> Iterator[tuple[Server, RunFolder, daemon.Daemon]]:
        with contextlib.ExitStack() as stack:
            with faults_translated(self.provider):
                folder = stack.enter_context(data_folder.run_folder(self.places, self.user))
                server, process = self._start(folder, snapshot, schema)
            try:
                yield server, folder, process
            finally:
                process.close()

    def _start(
        self, folder: RunFolder, snapshot: Path | None, schema: str
    ) -> tuple[Server, daemon.Daemon]:
        if snapshot is not None:
            return self._start_on(Prepared(snapshot), folder)
        kept = [self._slot(schema)] if schema else []
        for each in (*kept, self._slot()):
            try:
                if each.exists:
                    return self._start_on(each, folder)
            except (MissingError, OSError):
                # Damaged, or of another libc after all: what it was made from is still here.
                each.discard()
                folder.clear()
        password = self._initialise(folder)
        with contextlib.suppress(OSError):  # a full cache costs time, not the run
            prepared.keep(self._slot().folder, password, _packing(folder))
        return self._serve(folder, password)

    def _slot(self, schema: str = "") -> Prepared:
        owner = self.user.name if self.user else ""
        return prepared.slot(self.cache, self.identity, owner, schema)

    def _start_on(self, kept: Prepared, folder: RunFolder) -> tuple[Server, daemon.Daemon]:
        with kept.opened() as (file, password):
            packing.unpack(file, folder.data, self.user.ids if self.user else None)
        return self._serve(folder, password)

    def _initialise(self, folder: RunFolder) -> str:
        """Runs `initdb`; the password that it was given."""
        password, password_file = secrets.token_urlsafe(18), folder.path / "initdb-password"
        folder.data.mkdir(mode=0o700)
        prepared.write_private(password_file, f"{password}\n")
        if self.user:
            os.chown(folder.data, *self.user.ids)
            os.chown(password_file, *self.user.ids)
        process = self._daemon(self.build.initdb_command(folder.data, password_file), folder)
        try:
            if not process.ended(_INITDB_S):
                raise MissingError(f"{self.provider}: initdb takes more than {_INITDB_S:g} s")
        finally:
            process.close()
        password_file.unlink(missing_ok=True)
        if process.return_code != 0:
            said = readiness.render_end(folder.read_log())
            raise MissingError(f"{self.provider}: initdb failed; the end of its log:\n{said}")
        return password

    def _serve(self, folder: RunFolder, password: str) -> tuple[Server, daemon.Daemon]:
        """Starts the server, on another port when the chosen one has been taken meanwhile."""
        for left in reversed(range(_PORTS)):
            port = self.choose_port()
            command = self.build.postgres_command(folder.data, port, folder.path.name)
            process = self._daemon(command, folder)
            try:
                return self._wait(folder, process, port, Secret(password)), process
            except BaseException as error:
                taken = process.ended() and _PORT_TAKEN.search(folder.read_log())
                process.close()
                if not (taken and left and isinstance(error, MissingError)):
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _wait(
        self, folder: RunFolder, process: daemon.Daemon, port: int, password: Secret
    ) -> Server:
        def last_words() -> str:
            ended = process.ended()
            return readiness.render_death(self.provider, folder.read_log()) if ended else ""

        def keep(schema: str, unchanged: Callable[[], bool]) -> None:
            target = self._slot(schema).folder
            prepared.keep(target, password.reveal(), _packing(folder), unchanged)
            prepared.prune(self.cache)

        server = Server(
            host=builds.HOST,
            port=port,
            user=settings.SUPERUSER,
            password=password,
            owned=True,
            provider=self.provider,
            version="",
            last_words=last_words,
            keep=keep,
        )
        life = Life(process.ended, folder.read_log)
        return readiness.wait_until_ready(server, life, cluster=folder.path.name)

    def _daemon(self, argv: tuple[str, ...], folder: RunFolder) -> daemon.Daemon:
        folder.log.unlink(missing_ok=True)
        prepared.write_private(folder.log, "")
        return daemon.start_daemon(
            argv,
            watchdog=Path(watchdog.__file__),
            folder=folder.path,
            log=folder.log,
            user=self.user.ids if self.user else None,
            lease=folder.lease,
        )


def _packing(folder: RunFolder) -> Callable[[BinaryIO], None]:
    return lambda file: packing.pack(folder.data, file)


@contextmanager
def faults_translated(provider: str) -> Iterator[None]:
    """A full disk, a folder that is read-only: the machine lacks what a server needs."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        reason = error.strerror or str(error)
        raise MissingError(f"{provider}: PostgreSQL cannot be set up: {reason}{where}") from error
