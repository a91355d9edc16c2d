"""Waits until a server answers a query, or until it is certain that it will not."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cicd.errors import MissingError

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    from cicd.database.port import Need, Server

    Connection = psycopg.Connection[tuple[object, ...]]

READY_S = 60.0
_PAUSE_S = 0.004
_WORDS = 8
_FAILURES = 3
_FAILURE = re.compile(r"\b(FATAL|PANIC|ERROR|error):|could not")


@dataclass(frozen=True, slots=True)
class Life:
    """What can be asked of a process while its server does not answer yet."""

    ended: Callable[[float], bool]
    """Whether it has ended; looks for at most so many seconds."""
    log: Callable[[], str]


def wait_until_ready(
    server: Server, life: Life, *, cluster: str, timeout_s: float = READY_S
) -> Server:
    """The server with its exact version, as it tells it itself.

    `cluster` is the `cluster_name` that it was started with: when our port was taken by
    another server meanwhile, that one answers, and may even know the password. Raises
    `MissingError` with the end of its log as soon as its process has ended, or when it
    does not answer in time.
    """
    import psycopg

    deadline = time.monotonic() + timeout_s
    while True:
        try:
            with connect(server) as connection:
                _require_name(connection, cluster)
                return replace(server, version=read_version(connection))
        except psycopg.OperationalError as error:
            if life.ended(_PAUSE_S):
                raise MissingError(render_death(server.provider, life.log())) from error
            if time.monotonic() > deadline:
                reason = f"does not answer within {timeout_s:g} s: {render_reason(error)}"
                raise MissingError(f"{server.provider}: PostgreSQL {reason}") from error


def _require_name(connection: Connection, cluster: str) -> None:
    import psycopg

    row = connection.execute("SHOW cluster_name").fetchone()
    if row is None or row[0] != cluster:
        raise psycopg.OperationalError("another server answers at its port")


def connect(server: Server, dbname: str | None = None, *, timeout_s: int = 5) -> Connection:
    """A connection in autocommit; the caller closes it."""
    import psycopg

    return psycopg.connect(
        host=server.host,
        port=server.port,
        user=server.user,
        password=server.password.reveal(),
        dbname=dbname or server.dbname,
        connect_timeout=timeout_s,
        autocommit=True,
        application_name="cicd",
    )


def read_version(connection: Connection) -> str:
    """The exact version, "15.18"; what a packager adds is left out."""
    row = connection.execute("SHOW server_version").fetchone()
    return str(row[0]).split()[0] if row else ""


def require_extensions(server: Server, need: Need) -> None:
    """Raises `MissingError` when the server cannot create an extension that is needed."""
    if not need.extensions:
        return
    with connect(server) as connection:
        missing = missing_extensions(connection, need)
    if missing:
        raise MissingError(
            f"{server.provider}: PostgreSQL {server.version} lacks the extension"
            f" {', '.join(missing)}"
        )


def missing_extensions(connection: Connection, need: Need) -> tuple[str, ...]:
    import psycopg

    try:
        rows = connection.execute("SELECT name FROM pg_available_extensions").fetchall()
    except psycopg.errors.SyntaxError:
        # One file that the server cannot parse spoils the list (npm's PostgreSQL 10 has
        # such a file); then CREATE EXTENSION says what is missing.
        return ()
    available = {name for (name,) in rows}
    return tuple(name for name in need.extensions if name not in available)


def render_death(provider: str, log: str) -> str:
    """That a server has ended, with its last words."""
    return f"{provider}: PostgreSQL ended by itself; the end of its log:\n{render_end(log)}"


def render_end(log: str) -> str:
    """The last lines of a log, indented, and before them the last that tell of a failure:
    PostgreSQL prints the statement that failed after the reason, and some are long."""
    lines = [line for line in log.strip().splitlines() if line.strip()]
    failures = [line for line in lines[:-_WORDS] if _FAILURE.search(line)]
    shown = failures[-_FAILURES:] + lines[-_WORDS:]
    return "\n".join(f"    {line}" for line in shown) or "    (it said nothing)"


def render_reason(error: Exception) -> str:
    """Why a connection failed. libpq never puts a password in it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    # The line after it only asks whether the server is running.
    told = [line.rpartition("failed: ")[2] for line in lines if "failed: " in line]
    return (told or lines or [type(error).__name__])[-1]
