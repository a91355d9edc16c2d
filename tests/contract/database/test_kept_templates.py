"""A template that is kept for the next run, on every provider that starts a server of its own."""

import os
import random
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

import cicd
from cicd.database import names, prepared, readiness
from cicd.database.clones import Clones
from cicd.database.port import Candidate, Need, Provider, Refusal, Server
from cicd.database.template import Template, keep_template, make_template

OWNED = (
    pytest.param("container", marks=pytest.mark.engine),
    "local",
    pytest.param("embedded", marks=pytest.mark.network),
)
MOMENTS_S = [random.Random(5).uniform(0.1, 1.0) for _ in range(6)]


@pytest.fixture(params=OWNED)
def candidate(request: pytest.FixtureRequest) -> Candidate:
    provider: Provider = request.getfixturevalue(f"{request.param}_provider")
    answer = provider.probe(Need(major="15"))
    assert not isinstance(answer, Refusal), answer.reason
    return answer


@pytest.fixture
def schema(request: pytest.FixtureRequest) -> str:
    return str(request.node.nodeid)


@pytest.fixture
def slots(database_cache: Path) -> Path:
    return database_cache / "postgres" / "prepared"


class Migrations:
    """Makes one table, and counts how often it was asked to."""

    def __init__(self) -> None:
        self.ran = 0

    def template(self, server: Server, schema: str, kept_as: str = "") -> Template:
        def migrate(dbname: str) -> None:
            self.ran += 1
            with readiness.connect(server, dbname) as connection:
                connection.execute("CREATE TABLE book (title text)")
                connection.execute("INSERT INTO book VALUES ('Emma')")

        template = make_template(server, schema, migrate)
        if not template.reused:
            assert keep_template(server, kept_as or schema)
        return template


def books(server: Server, template: Template) -> list[tuple[object, ...]]:
    with Clones(server, template, names.new_run_key()) as clones:
        with readiness.connect(server, clones.take()) as connection:
            return connection.execute("SELECT title FROM book").fetchall()


def run(candidate: Candidate, schema: str, migrations: Migrations, kept_as: str = "") -> None:
    with candidate.open(schema=kept_as or schema) as server:
        template = migrations.template(server, schema, kept_as)
        assert books(server, template) == [("Emma",)]


def test_the_second_run_does_not_migrate(candidate: Candidate, schema: str) -> None:
    migrations = Migrations()
    for _ in range(3):
        run(candidate, schema, migrations)
    assert migrations.ran == 1


def test_another_schema_is_migrated(candidate: Candidate, schema: str) -> None:
    migrations = Migrations()
    for each in (schema, f"{schema} changed", schema):
        run(candidate, each, migrations)
    assert migrations.ran == 2


def test_kept_data_without_the_template_is_migrated(candidate: Candidate, schema: str) -> None:
    migrations = Migrations()
    run(candidate, f"{schema} of an older extension", migrations, kept_as=schema)
    run(candidate, schema, migrations)
    assert migrations.ran == 2


def test_a_template_that_somebody_opened_is_made_anew(candidate: Candidate, schema: str) -> None:
    migrations = Migrations()
    with candidate.open() as server:
        template = make_template(server, schema, None)
        with readiness.connect(server) as connection:
            opened = f"ALTER DATABASE {template.dbname} ALLOW_CONNECTIONS true"
            connection.execute(opened.encode())
        assert keep_template(server, schema)
    run(candidate, schema, migrations)
    assert migrations.ran == 1


def test_nothing_that_tests_did_is_in_the_kept_data(candidate: Candidate, schema: str) -> None:
    with candidate.open(schema=schema) as server:
        template = Migrations().template(server, schema)
        with Clones(server, template, names.new_run_key()) as clones:
            with readiness.connect(server, clones.take()) as connection:
                connection.execute("CREATE ROLE of_a_test")
                connection.execute("CREATE DATABASE of_a_test")
    with candidate.open(schema=schema) as server, readiness.connect(server) as connection:
        roles = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'of_a_test'")
        assert roles.fetchall() == []
        known = {str(name) for (name,) in connection.execute("SELECT datname FROM pg_database")}
        assert known == {"postgres", "template0", "template1", template.dbname}


@pytest.mark.parametrize("damage", ["cut off", "altered", "empty"])
def test_damaged_kept_data_is_made_anew(
    candidate: Candidate, schema: str, slots: Path, damage: str
) -> None:
    migrations = Migrations()
    run(candidate, schema, migrations)
    for path in slots.glob("*/data.tar"):
        content = bytearray(path.read_bytes())
        content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
        kept: dict[str, bytes | bytearray] = {
            "cut off": content[: len(content) // 2],
            "altered": content,
            "empty": b"",
        }
        path.write_bytes(kept[damage])
    run(candidate, schema, migrations)
    assert migrations.ran == 2
    run(candidate, schema, migrations)
    assert migrations.ran == 2


def test_what_is_written_to_while_it_is_copied_is_not_kept(
    candidate: Candidate, schema: str
) -> None:
    with candidate.open() as server, readiness.connect(server) as connection:
        with pytest.raises(OSError, match="changed while it was copied"):
            server.keep(schema, lambda: connection.closed)
    migrations = Migrations()
    run(candidate, schema, migrations)
    assert migrations.ran == 1


def test_two_runs_at_once_keep_one(candidate: Candidate, schema: str, slots: Path) -> None:
    migrations = Migrations()
    with ExitStack() as stack:
        servers = [stack.enter_context(candidate.open(schema=schema)) for _ in range(2)]
        for server in servers:
            migrations.template(server, schema)
    assert migrations.ran == 2
    run(candidate, schema, migrations)
    assert migrations.ran == 2
    assert [path for path in os.listdir(slots) if path.startswith(".")] == []


_KEEPS = """
import os, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.contract.database.test_kept_templates import Migrations, run
from cicd.database.container import ContainerProvider
from cicd.database.local import LocalProvider
from cicd.database.port import Need

kind, cache, place, schema = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
provider = dict(
    container=lambda: ContainerProvider(cache=cache, environ=os.environ),
    local=lambda: LocalProvider(cache=cache, path=os.environ["PATH"], places=(place,)),
)[kind]()
run(provider.probe(Need(major="15")), schema, Migrations())
"""


@pytest.mark.parametrize("after_s", MOMENTS_S)
@pytest.mark.parametrize("kind", ["local", pytest.param("container", marks=pytest.mark.engine)])
def test_after_a_kill_at_any_moment_what_is_kept_is_whole_or_not_there(
    request: pytest.FixtureRequest,
    kind: str,
    after_s: float,
    schema: str,
    database_cache: Path,
    data_place: Path,
    slots: Path,
) -> None:
    provider: Provider = request.getfixturevalue(f"{kind}_provider")
    root = str(Path(cicd.__file__).parent.parent)
    argv = (kind, str(database_cache), str(data_place), schema)
    process = subprocess.Popen((sys.executable, "-c", _KEEPS.format(root=root), *argv), cwd=root)
    try:
        process.wait(after_s)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    prepared.sweep(database_cache)
    assert not slots.is_dir() or [n for n in os.listdir(slots) if n.startswith(".")] == []
    answer = provider.probe(Need(major="15"))
    assert not isinstance(answer, Refusal)
    run(answer, schema, Migrations())
