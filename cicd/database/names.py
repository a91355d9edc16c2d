"""Names of our databases on a server that is not ours, and the sign that their owner lives."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[tuple[object, ...]]

PREFIX = "cicd_"
"""Every database of ours begins so; those of one run with `cicd_<run key>_`."""
TEST_PREFIX = "test_"
"""Django's tests make a database of their own beside ours, and put this before its name."""
_OURS = re.compile(rf"(?:{TEST_PREFIX})?{PREFIX}([0-9a-f]{{12}})_.+")


def new_run_key() -> str:
    """A key that no other run has."""
    return secrets.token_hex(6)


def database_name(run_key: str, name: str) -> str:
    """The name of a database that lives no longer than the run does."""
    return f"{PREFIX}{run_key}_{name}"


def parse_run_key(database: str) -> str | None:
    """The reverse of `database_name`; None for any other database, also for a kept one."""
    found = _OURS.fullmatch(database)
    return found[1] if found else None


def lock_key(run_key: str) -> int:
    """The advisory lock that a run holds, on a connection that it keeps open, for as long
    as its databases are in use. Take it before the first of them is created."""
    digest = hashlib.sha256(f"cicd {run_key}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def hold_lock(connection: Connection, run_key: str) -> bool:
    """Takes the run's lock until the connection closes; False when another has it."""
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", (lock_key(run_key),)).fetchone()
    return row is not None and row[0] is True


def sweep(connection: Connection) -> tuple[str, ...]:
    """Drops the databases whose run is dead, and tells which. Autocommit is needed.

    A run is dead when its lock can be taken, and when nobody has it in any database of
    the server: advisory locks of two databases do not see each other, `pg_locks` does.
    """
    dropped: list[str] = []
    for run_key, databases in _runs(connection).items():
        if lock_key(run_key) in _held_keys(connection) or not hold_lock(connection, run_key):
            continue
        try:
            dropped += [name for name in databases if _drop(connection, name)]
        finally:
            connection.execute("SELECT pg_advisory_unlock(%s)", (lock_key(run_key),))
    return tuple(dropped)


def _runs(connection: Connection) -> dict[str, list[str]]:
    runs: dict[str, list[str]] = {}
    query = "SELECT datname FROM pg_database WHERE datname ~ %s ORDER BY datname"
    for (name,) in connection.execute(query, (f"^(test_)?{PREFIX}",)):
        if run_key := parse_run_key(str(name)):
            runs.setdefault(run_key, []).append(str(name))
    return runs


def _held_keys(connection: Connection) -> set[object]:
    rows = connection.execute(
        "SELECT classid::bigint << 32 | objid::bigint FROM pg_locks"
        " WHERE locktype = 'advisory' AND objsubid = 1 AND granted"
    )
    return {key for (key,) in rows}


def _drop(connection: Connection, database: str) -> bool:
    """Whether it is gone by our doing; a role that does not own it leaves it there."""
    import psycopg
    from psycopg import sql

    name = sql.Identifier(database)
    try:
        connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(name))
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            (database,),
        )
        connection.execute(sql.SQL("DROP DATABASE {}").format(name))
    except psycopg.Error:
        return False
    return True
