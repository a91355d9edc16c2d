"""Who has which database of a run, and the variables that lead there."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

from cicd.database.connection import connection_env

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.database.port import Server
    from cicd.model import Secret


_AHEAD = 1
"""A test that wants a fresh database is seldom alone. With two, nothing was quicker."""


class Databases(Protocol):
    """The databases of a run, as `Clones` makes them."""

    kept: dict[str, str]

    @property
    def databases(self) -> Sequence[str]: ...

    def take(self, *, ahead: int = 0) -> str: ...

    def expect(self, count: int) -> None: ...

    def drop(self, dbname: str) -> None: ...

    def was_used(self) -> bool: ...


class Handout:
    """Gives the databases of a run to those who ask. Any thread may ask."""

    def __init__(
        self,
        server: Server,
        databases: Databases,
        templates: Mapping[str, str],
        scheme: str,
        *,
        keep: bool = False,
    ) -> None:
        self.databases = databases
        self._server, self._templates, self._scheme = server, templates, scheme
        self._keep = keep
        self._first = databases.take()
        self._first_is_free = threading.Semaphore(1)
        self._users: dict[str, str] = {}
        self.first_env = self.env(self._first)

    def give_to_process(self, process: str) -> str:
        """The first process gets the database that its variables name already."""
        first = self._first_is_free.acquire(blocking=False)
        dbname = self._first if first else self.databases.take()
        self._users[dbname] = process
        return dbname

    def give_to_test(self, nodeid: str) -> str:
        dbname = self.databases.take(ahead=_AHEAD)
        self._users[dbname] = nodeid
        return dbname

    def give_back(self, dbname: str, *, wanted: bool = True) -> None:
        """Drops it, unless somebody will want to look at it."""
        # The first one is still named in the variables of whoever comes after its process.
        if dbname != self._first and not (self._keep and wanted):
            self.databases.drop(dbname)

    def env(self, dbname: str) -> dict[str, str | Secret]:
        return connection_env(self._server, dbname, self._templates, self._scheme)

    def kept(self) -> dict[str, str]:
        """After the end: addresses, the password masked, and the worker or test of each."""
        server = self._server
        start = f"postgresql://{server.user}:***@{server.host}:{server.port}/"
        kept = self.databases.kept.items()
        return {start + new: self._users.get(old, "main") for old, new in kept}
