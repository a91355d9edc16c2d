"""Connections to a server's administrative database, and its refusals in our words."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, LiteralString

from cicd.database import readiness
from cicd.database.names import lock_key
from cicd.errors import MissingError, RemoteError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from cicd.database.port import Server

    Connection = psycopg.Connection[tuple[object, ...]]

_CONNECT_TIMEOUT_S = 10
_STATEMENT_TIMEOUT_S = 60


@contextmanager
def connected(server: Server) -> Iterator[Connection]:
    """A connection of our own, each statement on its own; closed at the end of the block."""
    connection = connect(server)
    try:
        with translated(server):
            yield connection
    finally:
        connection.close()


def connect(server: Server) -> Connection:
    """A connection that may stay idle for as long as it likes; the caller closes it."""
    with translated(server):
        connection = readiness.connect(server, timeout_s=_CONNECT_TIMEOUT_S)
        connection.execute(f"SET statement_timeout = '{_STATEMENT_TIMEOUT_S}s'")
        if major(connection) >= 14:
            connection.execute("SET idle_session_timeout = 0")
        return connection


def major(connection: Connection) -> int:
    return connection.info.server_version // 10_000


def hold(connection: Connection, name: str) -> None:
    """Takes the advisory lock of this name, waiting for its turn; closing gives it back.

    Locks count within one database: everybody must come through the same `Server.dbname`.
    """
    connection.execute("SET statement_timeout = 0")
    connection.execute("SELECT pg_advisory_lock(%s)", (lock_key(name),))
    connection.execute(f"SET statement_timeout = '{_STATEMENT_TIMEOUT_S}s'")


def run(connection: Connection, statement: LiteralString, **names: str) -> None:
    """Runs one statement about databases, `{name}` standing for a quoted identifier."""
    from psycopg import sql

    identifiers = {key: sql.Identifier(name) for key, name in names.items()}
    connection.execute(sql.SQL(statement).format(**identifiers))


def disconnect_all(connection: Connection, dbname: str) -> None:
    """Ends whatever is connected to a database of ours."""
    wait = ", 5000" if major(connection) >= 14 else ""
    connection.execute(
        f"SELECT pg_terminate_backend(pid{wait}) FROM pg_stat_activity WHERE datname = %s",
        (dbname,),
    )


def drop(connection: Connection, dbname: str) -> None:
    """Drops a database of ours, whoever is connected; nothing happens when it is not there."""
    if major(connection) >= 13:
        run(connection, "DROP DATABASE IF EXISTS {db} WITH (FORCE)", db=dbname)
    else:
        disconnect_all(connection, dbname)
        run(connection, "DROP DATABASE IF EXISTS {db}", db=dbname)


@contextmanager
def translated(server: Server) -> Iterator[None]:
    """Turns the server's refusals into errors that name the server and what to do."""
    import psycopg
    from psycopg import errors

    where = f"PostgreSQL at {server.host}:{server.port} ({server.provider})"
    try:
        yield
    except errors.InsufficientPrivilege as error:
        raise MissingError(
            f"{where}: the role {server.user} may not create databases: {_first_line(error)}",
            fix=f'let an administrator run: ALTER ROLE "{server.user}" CREATEDB',
        ) from error
    except errors.DiskFull as error:
        raise MissingError(f"{where} has no room left: {_first_line(error)}") from error
    except errors.InvalidCatalogName as error:
        raise RemoteError(f"{where} has lost a database of ours: {_first_line(error)}") from error
    except psycopg.OperationalError as error:
        raise RemoteError(f"{where} does not answer: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
