"""Finds out which database it is, the slow way, and remembers it with all that it hangs on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.config.migrations import extensions
from cicd.database import readiness
from cicd.database.binaries import BinariesCandidate
from cicd.database.builds import libc
from cicd.database.given import GivenCandidate, GivenProvider
from cicd.database.local import LocalProvider, control_files, looked_at
from cicd.database.port import LOCALE, Need
from cicd.model import Secret
from cicd.steps.fingerprint.answers import keep_answer
from cicd.steps.fingerprint.database import asked_engine, database_question

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicd.config.parts import Backend
    from cicd.database.port import Server
    from cicd.steps.snapshot import Snapshot
    from cicd.steps.work import Work


def describe_server(server: Server, need: Need) -> dict[str, str]:
    """What decides a verdict of a server: for the record, and for the key of the next run."""
    found = {"version": server.version, "provider": server.provider, "locale": LOCALE}
    if server.image:
        found["image"] = server.image
    if need.extensions:
        found["extensions"] = _versions(server, need)
    return found


def ask_given(snapshot: Snapshot, part: Backend) -> Mapping[str, str] | None:
    """A server that somebody else runs may be another one in a minute: it is asked each time."""
    need = Need(major=str(part.postgres), extensions=extensions(snapshot.tree, part))
    found = GivenProvider(url=Secret(snapshot.environ["CICD_DATABASE_URL"])).probe(need)
    return describe_server(found.server, need) if isinstance(found, GivenCandidate) else None


def remember_database(work: Work, part: Backend, need: Need, server: Server) -> None:
    """What a session has found is what the next one is told."""
    if server.provider == "given" or server.version.partition(".")[0] != need.major:
        return
    question = database_question(work.environ, part, asked_engine(work.environ, part))
    answer = describe_server(server, need)
    if server.provider != "container":
        answer["libc"] = libc()
    keep_answer(work.place.state, question, answer, _decisive(work, need, server))


def _decisive(work: Work, need: Need, server: Server) -> Iterator[str | Path]:
    """A container hangs on its image alone. The others come after a PostgreSQL of this machine."""
    if server.provider == "container":
        return
    path = work.environ.get("PATH", "")
    yield from looked_at(path, need.major)
    found = LocalProvider(cache=work.place.cache, path=path).probe(need)
    if isinstance(found, BinariesCandidate):
        programs = found.build.bin
        yield from (programs / name for name in os.listdir(programs))
        yield from control_files(found.build, need)


def _versions(server: Server, need: Need) -> str:
    asked = "SELECT name, default_version FROM pg_available_extensions WHERE name = ANY(%s)"
    with readiness.connect(server) as connection:
        rows = connection.execute(asked, (list(need.extensions),)).fetchall()
    return ", ".join(sorted(f"{name} {version}" for name, version in rows))
