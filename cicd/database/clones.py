"""The databases of one run: copies of its template, gone when the run ends."""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

from cicd.database import admin
from cicd.database.names import PREFIX, database_name
from cicd.database.usage import Usage
from cicd.errors import CicdError

if TYPE_CHECKING:
    from types import TracebackType

    from cicd.database.port import Server
    from cicd.database.template import Template

KEPT_PREFIX = f"{PREFIX}kept_"
"""Kept databases are nobody's run's: no sweep removes them."""


class Clones:
    """A context manager that hands out copies of a template, to any thread.

    While the block lasts it holds the run's advisory lock: the sign of life that a sweep
    respects. Copies are made ahead: one or two, or as many as are expected. When the block
    ends, every database of the run is dropped, those that nobody took and Django's `test_…`
    among them; with `keep` those that were taken are renamed and stay instead.
    """

    def __init__(
        self, server: Server, template: Template, run_key: str, *, keep: bool = False
    ) -> None:
        self._server, self._template, self._run_key, self._keep = server, template, run_key, keep
        self._numbers = itertools.count(1)
        self._turn = threading.Lock()
        self._open = ExitStack()
        self._taken: list[str] = []
        self._given_back: set[str] = set()
        self._used = False
        self.kept: dict[str, str] = {}
        """After the block: the new name of each database that was kept."""

    def __enter__(self) -> Clones:
        with ExitStack() as opening:
            self._life = opening.enter_context(contextlib.closing(admin.connect(self._server)))
            admin.hold(self._life, self._run_key)
            self._usage = opening.enter_context(Usage(self._life, self._run_key))
            self._connection = opening.enter_context(
                contextlib.closing(admin.connect(self._server))
            )
            self._maker = ThreadPoolExecutor(1, "cicd-clones")
            self._ahead: deque[Future[str]] = deque()
            self.expect(1)
            self._open = opening.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._open:
            self._maker.shutdown(cancel_futures=True)
            # A server that does not answer any more has lost our databases, or a sweep finds them.
            with contextlib.suppress(CicdError), admin.translated(self._server):
                self._used = self.was_used()
                if self._keep:
                    self._keep_all()
                self._drop_all()

    @property
    def databases(self) -> tuple[str, ...]:
        """The names of all databases that were handed out, also of those dropped by now."""
        return tuple(self._taken)

    def expect(self, count: int) -> None:
        """So many will be asked for at once: has them made meanwhile."""
        with self._turn:
            while len(self._ahead) < count:
                self._ahead.append(self._maker.submit(self._make))

    def take(self, *, ahead: int = 0) -> str:
        """The name of a database that nobody else was or will be given in this run.

        `ahead` are to be ready when this one is taken: whoever asks again need not wait.
        Raises `RemoteError` when the server died, `MissingError` when it has no room.
        """
        self.expect(1 + ahead)
        with self._turn:
            mine = self._ahead.popleft() if self._ahead else self._maker.submit(self._make)
        dbname = mine.result()
        self._taken.append(dbname)
        return dbname

    def drop(self, dbname: str) -> None:
        """Gives a database back: it is dropped soon, whoever is connected to it."""
        self._given_back.add(dbname)
        self._maker.submit(self._drop, dbname)

    def was_used(self) -> bool:
        """Whether somebody but us connected to one of the run's databases. Never raises:
        of a server that died it tells what was seen before."""
        if not self._used and not self._life.closed:
            with contextlib.suppress(CicdError), admin.translated(self._server):
                self._used = self._usage.look()
        return self._used

    def _make(self) -> str:
        dbname = database_name(self._run_key, str(next(self._numbers)))
        # FILE_COPY writes two checkpoints: quick where nothing is synced, slow elsewhere.
        copying = self._server.owned and admin.major(self._connection) >= 15
        strategy = " STRATEGY FILE_COPY" if copying else ""
        statement = f"CREATE DATABASE {{db}} TEMPLATE {{template}}{strategy}"
        with admin.translated(self._server):
            admin.run(self._connection, statement, db=dbname, template=self._template.dbname)
        return dbname

    def _drop(self, dbname: str) -> None:
        self.was_used()
        with admin.translated(self._server):
            admin.drop(self._connection, dbname)

    def _keep_all(self) -> None:
        for dbname in self._taken:
            if dbname not in self._given_back:
                self.kept[dbname] = KEPT_PREFIX + dbname.removeprefix(PREFIX)
                admin.disconnect_all(self._connection, dbname)
                admin.run(
                    self._connection,
                    "ALTER DATABASE {old} RENAME TO {new}",
                    old=dbname,
                    new=self.kept[dbname],
                )

    def _drop_all(self) -> None:
        found = self._connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s OR datname LIKE %s",
            (f"cicd\\_{self._run_key}\\_%", f"test\\_cicd\\_{self._run_key}\\_%"),
        )
        for (dbname,) in found.fetchall():
            admin.drop(self._connection, str(dbname))
