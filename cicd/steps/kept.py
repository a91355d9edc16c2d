"""`--keep-db`: the databases of a run, for as long as somebody looks at them."""

from __future__ import annotations

import contextlib
import shlex
import sys
from typing import TYPE_CHECKING

from cicd.database.prepared import write_private

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cicd.database.port import Server
    from cicd.steps.work import Work


def show_kept(work: Work, server: Server, kept: Mapping[str, str]) -> None:
    """Says where the kept databases are; `kept` is that of the broker.

    On a given server they stay. A server of ours ends with the session that started it, so
    the session waits for Enter where there is a terminal, and says so where there is none.
    """
    if not kept:
        return
    if server.owned and not work.interactive:
        work.say("--keep-db: the server was started for this run, and goes with it.")
        work.say("In a terminal the run waits; on a server of CICD_DATABASE_URL databases stay.")
        return
    for address, user in kept.items():
        work.say(f"kept for {user}: {address}")
    if server.owned:
        with _password_file(work.run.folder / f"pgpass-{work.session}", server) as file:
            address = next(iter(kept)).replace(":***@", "@")
            work.say(f"look at it with: PGPASSFILE={shlex.quote(str(file))} psql {address}")
            work.say("The server runs until you press Enter.")
            sys.stdin.readline()


@contextlib.contextmanager
def _password_file(path: Path, server: Server) -> Iterator[Path]:
    """libpq's password file, readable to us alone: the password itself is never shown."""
    password = server.password.reveal().replace("\\", "\\\\").replace(":", "\\:")
    write_private(path, f"{server.host}:{server.port}:*:{server.user}:{password}\n")
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
