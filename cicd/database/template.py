"""The template: one migrated database that every test process gets a copy of."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from cicd.database import admin
from cicd.database.names import PREFIX, database_name, lock_key, new_run_key
from cicd.database.port import LOCALE
from cicd.errors import CicdError, MissingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicd.database.port import Server

TEMPLATE_PREFIX = f"{PREFIX}template_"
"""Only a complete template has such a name; a half-made one has the name of a run's database."""

_KEPT_BYTES = 512 * 1024**2
"""Copying more takes longer than many migrations do."""
_KEPT_FOR = timedelta(days=7)
"""On a server that is not ours, a template that nobody used for so long is dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A database that nobody can connect to, complete, and copied by `CREATE DATABASE`.

    `reused`: an earlier run, or a prepared data folder, had made it.
    """

    dbname: str
    reused: bool


def make_template(
    server: Server, key: str | Callable[[], str], migrate: Callable[[str], None] | None
) -> Template:
    """The template of this key, made when the server does not have it.

    `key` stands for everything that decides the content; one that is called is asked again
    after migrating, which may have told what else decides it. `migrate` is given the name of
    an empty database and leaves it migrated, or raises `CheckFailed`; None leaves it empty.
    Whatever is raised, nothing half-made stays; after `kill -9` the next sweep removes it.
    Of two runs that want the same template at once, one makes it and the other waits.
    """
    with admin.connected(server) as connection:
        told = _told(connection)

        def name() -> str:
            return template_name(server, f"{key() if callable(key) else key}\0{told}")

        admin.hold(connection, name())
        # Who had its turn before us may have found out what decides it.
        found = name()
        reused = _is_complete(connection, found)
        if not reused:
            found = _make(server, connection, name, migrate)
        if not server.owned:
            _stamp(connection, found)
            _drop_forgotten(connection, server.user)
    return Template(dbname=found, reused=reused)


def drop_template(server: Server, template: Template) -> None:
    """Drops one that nobody shall find again. Never raises: it is forgotten in time."""
    with contextlib.suppress(Exception), admin.connected(server) as connection:
        _drop_template(connection, template.dbname)


def keep_template(server: Server, schema: str) -> bool:
    """Keeps a server of ours, which now holds a template and is used by nobody yet, for the
    next that is opened with this `schema`. False where that cannot be: it costs time only."""
    with contextlib.suppress(CicdError, OSError), admin.connected(server) as connection:
        connection.execute("CHECKPOINT")
        before = _written(connection)
        if server.owned and before.size <= _KEPT_BYTES:
            server.keep(schema, lambda: _written(connection) == before)
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Written:
    """Where the write-ahead log ends, and how much the databases hold."""

    position: str
    size: int


def _written(connection: admin.Connection) -> _Written:
    row = connection.execute(
        "SELECT pg_current_wal_insert_lsn(), (SELECT sum(pg_database_size(oid)) FROM pg_database)"
    ).fetchone()
    assert row is not None
    return _Written(str(row[0]), int(str(row[1])))


def template_name(server: Server, key: str) -> str:
    """The user is part of it: who clones a database does not come to own its tables."""
    return TEMPLATE_PREFIX + hashlib.sha256(f"{key}\0{server.user}".encode()).hexdigest()[:16]


def _told(connection: admin.Connection) -> str:
    """The server as it tells itself, with the version that each extension would have."""
    import psycopg

    version = str(connection.info.server_version)
    try:
        rows = connection.execute("SELECT name, default_version FROM pg_available_extensions")
        return f"{version} {sorted(rows.fetchall())}"
    except psycopg.errors.SyntaxError:  # see `readiness.missing_extensions`
        return version


def _is_complete(connection: admin.Connection, name: str) -> bool:
    found = connection.execute(
        "SELECT datistemplate AND NOT datallowconn FROM pg_database WHERE datname = %s", (name,)
    ).fetchone()
    return found is not None and found[0] is True


def _make(
    server: Server,
    connection: admin.Connection,
    name: Callable[[], str],
    migrate: Callable[[str], None] | None,
) -> str:
    """Its name, which is asked for when it is migrated."""
    run_key = new_run_key()
    half_made = database_name(run_key, "template")
    admin.hold(connection, run_key)
    try:
        _create_empty(server, connection, half_made)
        if migrate is not None:
            migrate(half_made)
        found = name()
        _complete(connection, half_made, found)
        return found
    except BaseException:
        with contextlib.suppress(Exception):
            admin.drop(connection, half_made)
        raise


def _create_empty(server: Server, connection: admin.Connection, dbname: str) -> None:
    """On a server that somebody else set up, encoding and locale are ours all the same."""
    from psycopg import errors

    if server.owned:
        copying = " STRATEGY FILE_COPY" if admin.major(connection) >= 15 else ""
        return admin.run(
            connection, f"CREATE DATABASE {{db}} TEMPLATE template0{copying}", db=dbname
        )
    provider = " LOCALE_PROVIDER libc" if admin.major(connection) >= 15 else ""
    options = f"ENCODING 'UTF8'{provider} LC_COLLATE '{LOCALE}' LC_CTYPE '{LOCALE}'"
    try:
        admin.run(connection, f"CREATE DATABASE {{db}} TEMPLATE template0 {options}", db=dbname)
    except (errors.WrongObjectType, errors.InvalidParameterValue) as error:
        raise MissingError(
            f"PostgreSQL at {server.host}:{server.port} has no locale {LOCALE}: {error}"
        ) from error


def _complete(connection: admin.Connection, half_made: str, name: str) -> None:
    """Closes the database and gives it its name: both together mark it as complete.

    A migration may have left a connection open, which would block every copy.
    """
    from psycopg import errors

    admin.run(connection, "ALTER DATABASE {db} ALLOW_CONNECTIONS false", db=half_made)
    admin.disconnect_all(connection, half_made)
    admin.run(connection, "ALTER DATABASE {db} IS_TEMPLATE true", db=half_made)
    try:
        admin.run(connection, "ALTER DATABASE {db} RENAME TO {name}", db=half_made, name=name)
    except errors.DuplicateDatabase:
        # Another run has found out the same, or somebody opened what was complete.
        loser = half_made if _is_complete(connection, name) else name
        admin.run(connection, "ALTER DATABASE {db} IS_TEMPLATE false", db=loser)
        admin.drop(connection, loser)
        if loser == name:
            admin.run(connection, "ALTER DATABASE {db} RENAME TO {name}", db=half_made, name=name)


def _stamp(connection: admin.Connection, name: str) -> None:
    today = datetime.now(UTC).date().isoformat()
    admin.run(connection, f"COMMENT ON DATABASE {{db}} IS 'cicd: used {today}'", db=name)


def _drop_forgotten(connection: admin.Connection, user: str) -> None:
    found = connection.execute(
        "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database"
        " WHERE starts_with(datname, %s) AND pg_get_userbyid(datdba) = %s",
        (TEMPLATE_PREFIX, user),
    )
    for name, comment in found.fetchall():
        if is_forgotten(str(comment), datetime.now(UTC).date()):
            _drop_template(connection, str(name))


def is_forgotten(comment: str, today: date) -> bool:
    """Whether a template's comment says that nobody used it lately; False when unsure."""
    try:
        return today - date.fromisoformat(comment.removeprefix("cicd: used ")) > _KEPT_FOR
    except ValueError:
        return False


def _drop_template(connection: admin.Connection, name: str) -> None:
    taken = connection.execute("SELECT pg_try_advisory_lock(%s)", (lock_key(name),)).fetchone()
    if taken is not None and taken[0] is True:
        admin.run(connection, "ALTER DATABASE {db} IS_TEMPLATE false", db=name)
        admin.drop(connection, name)
