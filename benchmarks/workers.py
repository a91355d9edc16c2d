"""What a suite's database costs with more and more workers: ours beside the usual ways.

    python benchmarks/workers.py [--rounds 3] [--workers 1 2 4 8]

Runs 40 short tests on the bookshop's schema. `ours` migrates once and copies; `migrating`
migrates a database for each worker on one server that runs already; `testcontainers` does so
on a container for each worker, where an engine answers. Whole runs of pytest, in seconds, and
the processor time that they and the migrations took, which a busy machine distorts less; what
the servers took is not in it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uv

from cicd.database import names
from cicd.database.broker import serve_databases
from cicd.database.clones import Clones
from cicd.database.connection import connection_env
from cicd.database.local import LocalProvider
from cicd.database.port import Need, Refusal, Server
from cicd.database.template import Template, make_template
from cicd.system.process import plain_env

BOOKSHOP = Path(__file__).parent.parent / "examples" / "bookshop" / "backend"
IMAGE = "postgres:15"
TEMPLATES = {
    "POSTGRES_SERVER": "{host}",
    "POSTGRES_PORT": "{port}",
    "POSTGRES_USER": "{user}",
    "POSTGRES_PASSWORD": "{password}",
    "POSTGRES_DB": "{dbname}",
}
Times = dict[tuple[str, int], list[float]]
"""By the way and the number of workers."""

CONFTEST = """
import os
worker = os.environ.get("PYTEST_XDIST_WORKER", "main")

def migrate():
    from alembic import command, config
    command.upgrade(config.Config("alembic.ini"), "head")

how = os.environ["BENCHMARK"]
controls = "-n" in os.environ["BENCHMARK_ARGUMENTS"] and worker == "main"
if how == "migrating" and not controls:
    import psycopg
    name = f"bench_{os.environ['BENCHMARK_RUN']}_{worker}"
    with psycopg.connect(autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    os.environ.pop("DATABASE_URL")
    os.environ["POSTGRES_DB"] = name
    migrate()
if how == "testcontainers" and not controls:
    from testcontainers.community.postgres import PostgresContainer
    container = PostgresContainer(os.environ["BENCHMARK_IMAGE"], driver="psycopg")
    container.start()
    os.environ["DATABASE_URL"] = container.get_connection_url()
    migrate()

    def pytest_unconfigure(config):
        container.stop()
"""
TESTS = """
import pytest, sqlalchemy
from bookshop.settings import settings

engine = sqlalchemy.create_engine(settings.sqlalchemy_url)

@pytest.mark.parametrize("number", range(40))
def test_schema(number):
    with engine.begin() as connection:
        found = connection.execute(sqlalchemy.text("SELECT version_num FROM alembic_version"))
        assert found.scalar_one()
"""


class Bench:
    """The bookshop with 40 short tests, in an environment of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "bookshop"
        shutil.copytree(BOOKSHOP, self.folder, ignore=shutil.ignore_patterns("tests", ".*"))
        (self.folder / "tests").mkdir()
        (self.folder / "tests" / "conftest.py").write_text(CONFTEST)
        (self.folder / "tests" / "test_schema.py").write_text(TESTS)
        self._environment = folder / "environment"
        self._run("uv", "sync", "--locked", "--quiet")
        self._run("uv", "pip", "install", "--quiet", "testcontainers>=4.15")
        self._runs = 0

    def migrate(self, server: Server) -> Callable[[str], None]:
        def run(dbname: str) -> None:
            env = plain_env({}, connection_env(server, dbname, TEMPLATES))
            self._run("alembic", "upgrade", "head", **env)

        return run

    def pytest(self, how: str, workers: int, env: dict[str, str]) -> None:
        arguments = ("-n", str(workers)) if workers > 1 else ()
        self._runs += 1
        self._run(
            *("pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore", *arguments),
            BENCHMARK=how,
            BENCHMARK_ARGUMENTS=" ".join(arguments),
            BENCHMARK_RUN=str(self._runs),
            BENCHMARK_IMAGE=IMAGE,
            # It removes what a killed run leaves, in a container more, of another image.
            TESTCONTAINERS_RYUK_DISABLED="true",
            **env,
        )

    def _run(self, program: str, *arguments: str, **env: str) -> None:
        known = self._environment / "bin" / program
        path = uv.find_uv_bin() if program == "uv" else str(known)
        base = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(self._environment)}
        done = subprocess.run(
            (path, *arguments),
            cwd=self.folder,
            env={**base, "VIRTUAL_ENV": str(self._environment), **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            sys.exit(done.stdout)


def run_ours(bench: Bench, server: Server, workers: int) -> None:
    template = make_template(server, f"ours {time.monotonic_ns()}", bench.migrate(server))
    with serve_databases(server, template, templates=TEMPLATES) as broker:
        bench.pytest("ours", workers, plain_env({}, broker.env))


def run_kept(bench: Bench, server: Server, workers: int, template: Template) -> None:
    with serve_databases(server, template, templates=TEMPLATES) as broker:
        bench.pytest("ours", workers, plain_env({}, broker.env))


def run_migrating(bench: Bench, server: Server, workers: int) -> None:
    env = plain_env({}, connection_env(server, server.dbname, TEMPLATES))
    bench.pytest("migrating", workers, env)


def _seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def measure_clones(server: Server, template: Template, count: int = 40) -> None:
    with Clones(server, template, names.new_run_key()) as clones:
        clones.take()
        # Not `take`, which hands out one that was made ahead.
        times = sorted(_seconds(clones._make) for _ in range(count))
    print(
        f"a clone of the bookshop's schema: median {statistics.median(times) * 1000:.1f} ms,"
        f" best {times[0] * 1000:.1f}, worst {times[-1] * 1000:.1f} (aim: below 25)"
    )


def measure_workers(bench: Bench, server: Server, rounds: int, counts: list[int]) -> None:
    kept = make_template(server, "kept", bench.migrate(server))
    ways: dict[str, Callable[[int], None]] = {
        "ours": lambda workers: run_ours(bench, server, workers),
        "ours, kept template": lambda workers: run_kept(bench, server, workers, kept),
        "migrating": lambda workers: run_migrating(bench, server, workers),
    }
    if engine_answers():
        ways["testcontainers"] = lambda workers: bench.pytest("testcontainers", workers, {})
    for run in ways.values():
        run(1)  # Whatever is compiled and cached once is so now.
    wall: Times = {(name, count): [] for name in ways for count in counts}
    processor: Times = {cell: [] for cell in wall}
    for _ in range(rounds):  # In turns, so that a busy moment of the machine meets all.
        for name, count in wall:
            before = _processor_seconds()
            wall[name, count].append(_seconds(lambda: ways[name](count)))
            processor[name, count].append(_processor_seconds() - before)
    print_table("seconds, by workers", wall)
    print_table("processor, by workers", processor)


def print_table(title: str, times: Times) -> None:
    """Medians, and how many times those of `ours`."""
    medians = {cell: statistics.median(measured) for cell, measured in times.items()}
    counts = list(dict.fromkeys(count for _, count in medians))
    print(f"{title:22}" + "".join(f"{count:>16}" for count in counts))
    for name in dict.fromkeys(name for name, _ in medians):
        row = ((medians[name, count], medians["ours", count]) for count in counts)
        print(f"{name:22}" + "".join(f"{one:8.2f} ×{one / ours:6.2f}" for one, ours in row))


def _processor_seconds() -> float:
    """What the processes that we started, and theirs, have taken so far."""
    used = os.times()
    return used.children_user + used.children_system


def engine_answers() -> bool:
    import docker

    try:
        client = docker.from_env()
        client.images.get(IMAGE)
    except docker.errors.DockerException as error:
        print(f"testcontainers is left out: {error}")
        return False
    client.close()
    return True


@contextmanager
def opened_server(cache: Path) -> Iterator[Server]:
    provider = LocalProvider(cache=cache, path=os.environ["PATH"])
    candidate = provider.probe(Need(major=provider.majors()[-1]))
    if isinstance(candidate, Refusal):
        sys.exit(candidate.reason)
    with candidate.open() as server:
        yield server


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4, 8])
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, opened_server(Path(folder, "cache")) as server:
        print(f"PostgreSQL {server.version} ({server.provider}), {os.cpu_count()} cores")
        bench = Bench(Path(folder))
        measure_clones(server, make_template(server, "clones", bench.migrate(server)))
        measure_workers(bench, server, chosen.rounds, chosen.workers)


if __name__ == "__main__":
    main()
