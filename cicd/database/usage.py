"""Whether anybody but us connected to the databases of a run."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from cicd.database import admin

if TYPE_CHECKING:
    from types import TracebackType

_INTERVAL_S = 0.1
"""How often to look, until somebody was seen: Django drops its `test_…` at its end."""


class Usage:
    """Looks at one run's databases from time to time, until somebody has connected."""

    def __init__(self, connection: admin.Connection, run_key: str) -> None:
        self._connection = connection
        self._names = f"%cicd\\_{run_key}\\_%"
        self._made_by_tests = f"test\\_cicd\\_{run_key}\\_%"
        self._seen = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="cicd-usage", daemon=True)

    def __enter__(self) -> Usage:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def look(self) -> bool:
        """Whether somebody connected, now or earlier. To be asked before a database is dropped."""
        if not self._seen and not self._connection.closed:
            self._seen = self._ask()
        return self._seen

    def _watch(self) -> None:
        while not self._ended.wait(_INTERVAL_S):
            try:
                if self.look():
                    return
            except Exception:  # The server died: whoever works with it says so.
                return

    def _ask(self) -> bool:
        # `sessions` counts clients only; before 14 an autovacuum worker counts as well.
        counter = "sessions" if admin.major(self._connection) >= 14 else "xact_commit"
        found = self._connection.execute(
            "SELECT current_setting('track_counts') = 'off'"
            f" OR EXISTS (SELECT FROM pg_stat_database WHERE datname LIKE %s AND {counter} > 0)"
            " OR EXISTS (SELECT FROM pg_stat_activity WHERE datname LIKE %s AND usesysid > 0)"
            " OR EXISTS (SELECT FROM pg_database WHERE datname LIKE %s)",
            (self._names, self._names, self._made_by_tests),
        ).fetchone()
        return found is not None and found[0] is True
