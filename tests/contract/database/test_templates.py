"""Templates and their copies on a real server, ours and somebody else's."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from cicd.database import names, readiness
from cicd.database.broker import serve_databases
from cicd.database.clones import KEPT_PREFIX, Clones
from cicd.database.port import Server
from cicd.database.template import TEMPLATE_PREFIX, Template, make_template
from cicd.errors import CheckFailed, MissingError, RemoteError
from cicd.model import Outcome, Secret

ROOT = Path(__file__).parents[3]


@pytest.fixture(params=["owned", "given"])
def server(request: pytest.FixtureRequest, owned_server: Server, given_server: Server) -> Server:
    return owned_server if request.param == "owned" else given_server


@pytest.fixture
def key(request: pytest.FixtureRequest) -> str:
    return str(request.node.nodeid)


@pytest.fixture
def template(server: Server, key: str) -> Template:
    return make_template(server, key, shop_of(server))


@pytest.fixture
def neighbours(given_server: Server) -> Iterator[set[str]]:
    """Databases of somebody else, and what is there in all; nothing of it may change."""
    theirs = {"shop", "test_shop", "cicd_notes", "cicd_kept_000000000000_1"}
    for name in theirs:
        execute(given_server, f'CREATE DATABASE "{name}"')
    before = databases(given_server)
    yield before
    assert databases(given_server) >= before
    for name in theirs:
        execute(given_server, f'DROP DATABASE "{name}"')


def shop_of(server: Server) -> Callable[[str], None]:
    def migrate(dbname: str) -> None:
        execute(server, "CREATE TABLE book (title text)", dbname)

    return migrate


def execute(server: Server, statement: str, dbname: str | None = None) -> list[tuple[object, ...]]:
    with closing(readiness.connect(server, dbname)) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def databases(server: Server) -> set[str]:
    return {str(name) for (name,) in execute(server, "SELECT datname FROM pg_database")}


def of_runs(server: Server) -> set[str]:
    return {name for name in databases(server) if names.parse_run_key(name)}


def test_a_copy_has_what_the_migrations_made(server: Server, template: Template) -> None:
    with Clones(server, template, names.new_run_key()) as clones:
        assert execute(server, "SELECT * FROM book", clones.take()) == []


def test_rows_of_one_copy_are_in_no_other(server: Server, template: Template) -> None:
    with Clones(server, template, names.new_run_key()) as clones:
        one, other = clones.take(), clones.take()
        execute(server, "INSERT INTO book VALUES ('Emma')", one)
        assert execute(server, "SELECT * FROM book", other) == []
        assert execute(server, "SELECT * FROM book", clones.take()) == []


def test_a_copy_is_utf8_and_sorts_as_everywhere(server: Server, template: Template) -> None:
    with Clones(server, template, names.new_run_key()) as clones:
        found = execute(
            server,
            "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database"
            " WHERE datname = current_database()",
            clones.take(),
        )
    assert found == [("UTF8", "C.UTF-8", "C.UTF-8")]


def test_nobody_can_connect_to_a_template(server: Server, template: Template) -> None:
    with pytest.raises(psycopg.OperationalError, match="not currently accepting connections"):
        readiness.connect(server, template.dbname)


def test_migrations_run_once_for_a_key(server: Server, key: str) -> None:
    ran: list[str] = []
    made = [make_template(server, key, ran.append) for _ in range(2)]
    assert [template.reused for template in made] == [False, True]
    assert (len(ran), made[0].dbname) == (1, made[1].dbname)


def test_of_two_that_want_one_template_at_once_one_makes_it(server: Server, key: str) -> None:
    ran: list[str] = []
    both_want_it = threading.Barrier(2)

    def make() -> None:
        both_want_it.wait(30)
        make_template(server, key, ran.append)

    threads = [threading.Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ran) == 1


def test_without_migrations_the_template_is_an_empty_database(server: Server, key: str) -> None:
    template = make_template(server, key, None)
    with Clones(server, template, names.new_run_key()) as clones:
        tables = "SELECT * FROM pg_tables WHERE schemaname = 'public'"
        assert execute(server, tables, clones.take()) == []


def test_a_migration_that_fails_half_way_leaves_nothing(server: Server, key: str) -> None:
    before = databases(server)
    open_ones: list[psycopg.Connection[tuple[object, ...]]] = []

    def migrate(dbname: str) -> None:
        open_ones.append(readiness.connect(server, dbname))
        open_ones[0].execute("CREATE TABLE half (made int)")
        raise CheckFailed(Outcome(headline="revision 0003 failed", passed=False))

    with pytest.raises(CheckFailed, match="revision 0003 failed"):
        make_template(server, key, migrate)
    open_ones[0].close()
    assert databases(server) == before
    assert not make_template(server, key, None).reused


def test_a_template_that_is_being_made_is_swept_by_nobody(server: Server, key: str) -> None:
    def migrate(dbname: str) -> None:
        with closing(readiness.connect(server)) as connection:
            assert dbname not in names.sweep(connection)
        execute(server, "SELECT 1", dbname)

    assert not make_template(server, key, migrate).reused


def test_a_migration_that_leaves_a_connection_open_blocks_nobody(server: Server, key: str) -> None:
    open_ones: list[psycopg.Connection[tuple[object, ...]]] = []

    def migrate(dbname: str) -> None:
        open_ones.append(readiness.connect(server, dbname))
        open_ones[0].execute("BEGIN")
        open_ones[0].execute("SELECT 1")

    template = make_template(server, key, migrate)
    with Clones(server, template, names.new_run_key()) as clones:
        assert clones.take()
    open_ones[0].close()


def test_no_name_is_given_twice_and_the_end_takes_all(server: Server, template: Template) -> None:
    with Clones(server, template, names.new_run_key()) as clones:
        for _ in range(5):
            clones.drop(clones.take())
    assert len(set(clones.databases)) == 5
    assert of_runs(server) == set()


def test_copies_that_are_expected_are_made_ahead_and_those_nobody_took_are_gone(
    server: Server, template: Template
) -> None:
    with Clones(server, template, names.new_run_key()) as clones:
        clones.expect(3)
        while len(of_runs(server)) < 3:
            pass
        assert clones.take() in of_runs(server)
    assert len(clones.databases) == 1
    assert of_runs(server) == set()


def test_the_end_takes_databases_that_are_still_connected_to(
    server: Server, template: Template
) -> None:
    with Clones(server, template, names.new_run_key()) as clones:
        connection = readiness.connect(server, clones.take())
    assert of_runs(server) == set()
    connection.close()


def test_the_end_takes_what_django_made_beside_ours(server: Server, template: Template) -> None:
    with Clones(server, template, names.new_run_key()) as clones:
        execute(server, f'CREATE DATABASE "test_{clones.take()}_gw0"')
    assert of_runs(server) == set()


def test_an_error_in_the_block_ends_it_as_well(server: Server, template: Template) -> None:
    with pytest.raises(ZeroDivisionError), Clones(server, template, names.new_run_key()):
        raise ZeroDivisionError
    assert of_runs(server) == set()


def test_kept_databases_stay_and_no_sweep_takes_them(server: Server, template: Template) -> None:
    with Clones(server, template, names.new_run_key(), keep=True) as clones:
        kept, dropped = clones.take(), clones.take()
        execute(server, "INSERT INTO book VALUES ('Emma')", kept)
        clones.drop(dropped)
    with closing(readiness.connect(server)) as connection:
        names.sweep(connection)
    assert list(clones.kept) == [kept]
    assert clones.kept[kept].startswith(KEPT_PREFIX)
    assert execute(server, "SELECT * FROM book", clones.kept[kept]) == [("Emma",)]
    execute(server, f'DROP DATABASE "{clones.kept[kept]}"')


def test_a_project_that_connects_elsewhere_is_noticed(server: Server, template: Template) -> None:
    with serve_databases(server, template, templates={}) as broker:
        execute(server, "SELECT 1")
        assert not broker.was_used()
    assert not broker.was_used()


@pytest.mark.parametrize("gone", ["still there", "dropped"])
def test_a_project_that_connects_to_ours_is_noticed(
    server: Server, template: Template, gone: str
) -> None:
    with Clones(server, template, names.new_run_key()) as clones:
        mine = clones.take()
        execute(server, "SELECT 1", mine)
        if gone == "dropped":
            clones.drop(mine)
            while mine in databases(server):
                pass
    assert clones.was_used()


def test_a_database_that_django_made_and_dropped_is_noticed(
    server: Server, template: Template
) -> None:
    with Clones(server, template, names.new_run_key()) as clones:
        execute(server, f'CREATE DATABASE "test_{clones.take()}"')
        assert clones.was_used()


def test_two_runs_on_one_server_do_not_disturb_each_other(
    given_server: Server, neighbours: set[str]
) -> None:
    template = make_template(given_server, "shared", shop_of(given_server))
    with Clones(given_server, template, names.new_run_key()) as mine:
        with Clones(given_server, template, names.new_run_key()) as theirs:
            execute(given_server, "INSERT INTO book VALUES ('Emma')", theirs.take())
        assert execute(given_server, "SELECT * FROM book", mine.take()) == []
    assert of_runs(given_server) == set()


def test_after_kill_9_a_sweep_takes_the_dead_runs_databases_and_no_others(
    given_server: Server, neighbours: set[str]
) -> None:
    template = make_template(given_server, "swept", shop_of(given_server))
    with Clones(given_server, template, names.new_run_key()) as living:
        mine = living.take()
        left = killed_run(given_server, "take")
        assert of_runs(given_server) >= {left, mine, f"test_{left}"}
        swept = until_swept(given_server, left)
        assert {left, f"test_{left}"} <= set(swept)
        assert mine not in swept
        assert execute(given_server, "SELECT * FROM book", mine) == []
        assert execute(given_server, "SELECT * FROM book", living.take()) == []
    assert of_runs(given_server) == set()


def test_after_kill_9_in_a_migration_the_half_made_template_is_swept_and_made_again(
    given_server: Server, neighbours: set[str]
) -> None:
    left = killed_run(given_server, "migrate")
    assert left in until_swept(given_server, left)
    assert not make_template(given_server, "killed", None).reused


def killed_run(server: Server, doing: str) -> str:
    """The name of a database of a run that was killed while it did this."""
    script = f"""
import sys, psycopg
from cicd.database import names, readiness
from cicd.database.clones import Clones
from cicd.database.port import Server
from cicd.database.template import make_template
from cicd.model import Secret
server = Server(host={server.host!r}, port={server.port}, user={server.user!r}, owned=False,
    password=Secret(sys.stdin.readline().strip()), provider="given", version="")
def wait(dbname):
    print(dbname, flush=True)
    sys.stdin.readline()
if {doing!r} == "migrate":
    make_template(server, "killed", wait)
with Clones(server, make_template(server, "swept", None), names.new_run_key()) as clones:
    dbname = clones.take()
    readiness.connect(server).execute(f'CREATE DATABASE "test_{{dbname}}"')
    wait(dbname)
"""
    process = subprocess.Popen(
        (sys.executable, "-c", script),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(server.password.reveal() + "\n")
    process.stdin.flush()
    dbname = process.stdout.readline().strip()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return dbname


def until_swept(server: Server, dbname: str) -> set[str]:
    """What sweeps drop until this database is gone: its server may take a moment to see that
    its owner is dead."""
    swept: set[str] = set()
    with closing(readiness.connect(server)) as connection:
        while dbname in databases(server):
            swept.update(names.sweep(connection))
    return swept


def test_a_template_that_nobody_used_for_a_week_is_dropped_where_we_are_guests(
    given_server: Server, neighbours: set[str]
) -> None:
    old = make_template(given_server, "old", None)
    recent = make_template(given_server, "recent", None)
    execute(given_server, f"COMMENT ON DATABASE {old.dbname} IS 'cicd: used 2020-01-01'")
    make_template(given_server, "new", None)
    assert old.dbname not in databases(given_server)
    assert recent.dbname in databases(given_server)


def test_a_role_that_may_not_create_databases_is_told_how_to(given_server: Server) -> None:
    execute(given_server, "CREATE ROLE guest LOGIN PASSWORD 'guest-word'")
    guest = replace(given_server, user="guest", password=Secret("guest-word"))
    with pytest.raises(MissingError) as caught:
        make_template(guest, "guest", None)
    assert "the role guest may not create databases" in caught.value.message
    assert caught.value.fix == 'let an administrator run: ALTER ROLE "guest" CREATEDB'


def test_a_role_that_may_only_create_databases_is_enough(given_server: Server) -> None:
    execute(given_server, "CREATE ROLE maker LOGIN CREATEDB PASSWORD 'maker-word'")
    maker = replace(given_server, user="maker", password=Secret("maker-word"))
    left_open: list[psycopg.Connection[tuple[object, ...]]] = []

    def migrate(dbname: str) -> None:
        left_open.append(readiness.connect(maker, dbname))
        left_open[0].execute("CREATE TABLE book (title text)")

    template = make_template(maker, "maker", migrate)
    with Clones(maker, template, names.new_run_key()) as clones:
        execute(maker, "INSERT INTO book VALUES ('Emma')", clones.take())
    assert of_runs(given_server) == set()
    left_open[0].close()


def test_a_server_that_refuses_says_so_and_no_password_is_told(given_server: Server) -> None:
    stranger = replace(given_server, password=Secret("wrong-word"))
    with pytest.raises(RemoteError) as caught:
        make_template(stranger, "stranger", None)
    assert f"PostgreSQL at {given_server.host}:{given_server.port}" in str(caught.value)
    assert "wrong-word" not in repr(caught.value)


def test_a_template_that_vanished_is_an_error_of_whoever_takes(server: Server) -> None:
    gone = Template(dbname=f"{TEMPLATE_PREFIX}gone", reused=True)
    with Clones(server, gone, names.new_run_key()) as clones:
        with pytest.raises(RemoteError, match="template_gone.*does not exist"):
            clones.take()
