"""The provider `given`: a server that somebody else runs, at an address we were told."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, LiteralString

from cicd.database import names, readiness
from cicd.database.port import LOCALE, Refusal, Server
from cicd.errors import MissingError
from cicd.model import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cicd.database.port import Candidate, Need

NAME = "given"
VARIABLE = "CICD_DATABASE_URL"
"""Never DATABASE_URL: that is a developer's own database more often than not."""
_PROBE_S = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenProvider:
    """Databases of ours are made beside the one that the address names, never in it."""

    url: Secret | None
    """What `CICD_DATABASE_URL` says."""
    name: str = NAME

    def probe(self, need: Need) -> Candidate | Refusal:
        import psycopg

        if self.url is None:
            return Refusal(NAME, f"{VARIABLE} is not set")
        server = parse_address(self.url)
        if server is None:
            return Refusal(NAME, f"{VARIABLE} is not an address of PostgreSQL")
        where = f"{server.host}:{server.port}"
        try:
            with readiness.connect(server, timeout_s=_PROBE_S) as connection:
                return _judge(server, need, connection)
        except psycopg.OperationalError as error:
            return Refusal(NAME, f"{where} does not let us in: {readiness.render_reason(error)}")
        except psycopg.Error as error:
            return Refusal(NAME, f"{where} cannot be asked: {readiness.render_reason(error)}")

    def sweep(self) -> tuple[str, ...]:
        server = parse_address(self.url) if self.url else None
        return _sweep(server) if server else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenCandidate:
    """A server that has answered, and that fits."""

    server: Server
    told: str
    """What it says of itself: version, build, machine."""
    provider: str = NAME

    @property
    def identity(self) -> str:
        return f"{NAME} {self.server.host}:{self.server.port} {self.told} {LOCALE}"

    @contextmanager
    def open(self, *, snapshot: Path | None = None, schema: str = "") -> Iterator[Server]:
        """The server is not ours: nothing is started, and no snapshot can be used. It keeps
        its templates itself."""
        if snapshot is not None:
            raise ValueError("a given server cannot be started on a snapshot")
        if words := self.server.last_words():
            raise MissingError(words)
        try:
            yield self.server
        finally:
            _sweep(self.server)


def parse_address(url: Secret) -> Server | None:
    """The server that an address names, its version still unknown."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        # "postgresql+psycopg://" is how SQLAlchemy writes it.
        given = conninfo_to_dict(re.sub(r"^(postgres(?:ql)?)\+\w+://", r"\1://", url.reveal()))
        port = int(given.get("port") or 5432)
    except (psycopg.Error, ValueError):
        return None
    user = str(given.get("user") or "postgres")
    return _with_last_words(
        Server(
            host=str(given.get("host") or "127.0.0.1"),
            port=port,
            user=user,
            password=Secret(str(given.get("password") or "")),
            dbname=str(given.get("dbname") or user),
            owned=False,
            provider=NAME,
            version="",
        )
    )


def _with_last_words(server: Server) -> Server:
    def last_words() -> str:
        import psycopg

        try:
            readiness.connect(server, timeout_s=_PROBE_S).close()
        except psycopg.OperationalError as error:
            reason = readiness.render_reason(error)
            return f"{NAME}: {server.host}:{server.port} no longer answers: {reason}"
        return ""

    return replace(server, last_words=last_words)


def _judge(server: Server, need: Need, connection: names.Connection) -> Candidate | Refusal:
    """Refuse rather than differ."""
    version = readiness.read_version(connection)
    where = f"{server.host}:{server.port}"
    if version.split(".")[0] != need.major:
        return Refusal(NAME, f"{where} is PostgreSQL {version}")
    if missing := readiness.missing_extensions(connection, need):
        return Refusal(NAME, f"{where} lacks the extension {', '.join(missing)}")
    if not _asks(connection, _HAS_LOCALE):
        return Refusal(NAME, f"{where} lacks the locale {LOCALE}")
    if not _asks(connection, _MAY_CREATE):
        return Refusal(NAME, f"{where} does not let {server.user} create databases")
    told = connection.execute("SELECT version()").fetchone()
    return GivenCandidate(
        server=_with_last_words(replace(server, version=version)), told=str(told and told[0])
    )


_HAS_LOCALE = (
    "SELECT count(*) > 0 FROM pg_collation"
    " WHERE lower(replace(collcollate, '-', '')) = 'c.utf8' OR collname = 'pg_c_utf8'"
)
_MAY_CREATE = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"


def _asks(connection: names.Connection, question: LiteralString) -> bool:
    row = connection.execute(question).fetchone()
    return row is not None and row[0] is True


def _sweep(server: Server) -> tuple[str, ...]:
    """Never raises: what cannot be dropped now is there for the next run."""
    import psycopg

    try:
        with readiness.connect(server, timeout_s=_PROBE_S) as connection:
            return tuple(f"database {name}" for name in names.sweep(connection))
    except psycopg.Error:
        return ()
