"""Real pytest runs of miniature projects, each with databases of a real server."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cicd.backend.testers.port import DRIVERS
from cicd.database import names, readiness
from cicd.database.broker import Broker, serve_databases
from cicd.database.connection import connection_env
from cicd.database.port import Server
from cicd.database.template import Template, make_template
from cicd.system.process import plain_env

SHOP = """
    import os
    import psycopg

    URL = os.environ["SHOP_DATABASE"]  # Read at import, as engines do.

    def connect(url=URL):
        return psycopg.connect(url, autocommit=True)
"""
TEMPLATES = {"SHOP_DATABASE": "{url}"}


class Project:
    """A folder with an application that reads its connection at import, and its tests."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("shop.py", SHOP)
        self.write("conftest.py", "import shop\n")

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(textwrap.dedent(text))

    def pytest(self, broker: Broker, *arguments: str, **env: str) -> tuple[int, str]:
        done = subprocess.run(
            (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments),
            cwd=self.root,
            env=plain_env(os.environ, broker.env) | env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def told(self) -> list[list[str]]:
        """What the tests wrote into the file `told`, word by word."""
        return [line.split() for line in (self.root / "told").read_text().splitlines()]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def template(owned_server: Server, request: pytest.FixtureRequest) -> Template:
    def migrate(dbname: str) -> None:
        with closing(readiness.connect(owned_server, dbname)) as connection:
            connection.execute("CREATE TABLE book (title text)")

    return make_template(owned_server, request.node.nodeid, migrate)


@pytest.fixture
def broker(owned_server: Server, template: Template) -> Iterator[Broker]:
    with serve_databases(owned_server, template, templates=TEMPLATES) as serving:
        yield serving


def test_what_is_connected_to_at_import_is_the_process_own_database(
    project: Project, broker: Broker
) -> None:
    project.write(
        "test_a.py",
        """
        import os, shop
        def test_own(database_url):
            assert shop.URL == database_url == os.environ["DATABASE_URL"]
            with shop.connect() as connection:
                name = connection.execute("SELECT current_database()").fetchone()[0]
            assert name == os.environ["PGDATABASE"]
            open("told", "a").write(f"{name}\\n")
        """,
    )
    code, output = project.pytest(broker)
    assert code == 0, output
    assert project.told() == [[broker.databases[0]]]
    assert broker.was_used()


def test_without_the_plugin_the_first_database_is_there_all_the_same(
    project: Project, broker: Broker
) -> None:
    project.write("test_a.py", "import shop\ndef test_own(): shop.connect()\n")
    code, output = project.pytest(broker, "-p", "no:cicd_pytest")
    assert code == 0, output
    assert broker.was_used()


def test_each_of_four_workers_has_a_database_of_its_own(project: Project, broker: Broker) -> None:
    project.write(
        "test_a.py",
        """
        import os, pytest, shop
        @pytest.mark.parametrize("number", range(4))
        def test_own(number):
            with shop.connect() as connection:
                name = connection.execute("SELECT current_database()").fetchone()[0]
            open("told", "a").write(f"{os.environ['PYTEST_XDIST_WORKER']} {name}\\n")
        """,
    )
    code, output = project.pytest(broker, "-n4", "--dist=each")
    assert code == 0, output
    pairs = {(worker, name) for worker, name in project.told()}
    assert {worker for worker, _ in pairs} == {"gw0", "gw1", "gw2", "gw3"}
    assert len({name for _, name in pairs}) == len(pairs) == 4


def test_a_second_run_of_pytest_does_not_find_the_rows_of_the_first(
    project: Project, broker: Broker
) -> None:
    project.write(
        "test_a.py",
        """
        import shop
        def test_own():
            with shop.connect() as connection:
                assert connection.execute("SELECT * FROM book").fetchall() == []
                connection.execute("INSERT INTO book VALUES ('Emma')")
        """,
    )
    assert [project.pytest(broker)[0] for _ in range(2)] == [0, 0]


def test_a_worker_that_is_killed_gives_its_database_back_and_is_known(
    project: Project, owned_server: Server, template: Template
) -> None:
    project.write(
        "test_a.py",
        """
        import os, signal, shop
        def test_deadly():
            open("told", "a").write(os.environ["PGDATABASE"])
            shop.connect()
            os.kill(os.getpid(), signal.SIGKILL)
        def test_later():
            # Another worker has taken over; what the dead one had is gone, or about to be.
            dead = open("told").read()
            with shop.connect() as connection:
                while connection.execute(
                    "SELECT 1 FROM pg_database WHERE datname = %s", (dead,)
                ).fetchone():
                    pass
        """,
    )
    with serve_databases(owned_server, template, templates=TEMPLATES) as broker:
        _, output = project.pytest(broker, "-n1")
    assert "1 failed, 1 passed" in output
    assert broker.running() == {"gw0": "test_a.py::test_deadly"}


@pytest.mark.parametrize("arguments", [(), ("-n2",)])
def test_a_fresh_database_has_no_rows_of_other_tests(
    project: Project, broker: Broker, arguments: tuple[str, ...]
) -> None:
    project.write(
        "test_a.py",
        """
        import pytest, shop
        @pytest.mark.parametrize("number", range(6))
        def test_fresh(number, fresh_database_url, database_url):
            assert fresh_database_url != database_url
            with shop.connect(fresh_database_url) as connection:
                assert connection.execute("SELECT * FROM book").fetchall() == []
                connection.execute("INSERT INTO book VALUES ('Emma')")
        """,
    )
    code, output = project.pytest(broker, *arguments)
    assert code == 0, output
    assert len(set(broker.databases)) == len(broker.databases) >= 7


def test_what_a_forked_process_was_given_is_given_back_when_it_ends(
    project: Project, broker: Broker
) -> None:
    project.write(
        "test_a.py",
        """
        import os, shop
        def test_fork():
            import cicd_pytest
            child = os.fork()
            if child == 0:
                given = cicd_pytest.process.connect().ask("fresh", nodeid="child")
                open("given", "w").write(given["dbname"])
                os._exit(0)
            os.waitpid(child, 0)
            given = open("given").read()
            with shop.connect() as connection:
                while connection.execute(
                    "SELECT 1 FROM pg_database WHERE datname = %s", (given,)
                ).fetchone():
                    pass
        def test_after(fresh_database_url): pass
        """,
    )
    code, output = project.pytest(broker)
    assert code == 0, output


def test_a_plugin_that_reads_variables_before_conftests_reads_ours(
    project: Project, broker: Broker
) -> None:
    project.write(
        "reads_early.py",
        """
        import os, pytest
        @pytest.hookimpl(tryfirst=True)
        def pytest_load_initial_conftests():  # As pytest-django does, for its settings.
            if "PYTEST_XDIST_WORKER" in os.environ:
                open("told", "a").write(os.environ["SHOP_DATABASE"] + "\\n")
        """,
    )
    project.write("test_a.py", "def test_good(): pass\n")
    code, output = project.pytest(broker, "-p", "reads_early", "-n2")
    assert code == 0, output
    assert len({url for [url] in project.told()}) == 2


def test_a_plugin_that_sets_variables_from_a_file_does_not_have_the_last_word(
    project: Project, broker: Broker
) -> None:
    project.write(
        "from_file.py",
        """
        import os, pytest
        @pytest.hookimpl(tryfirst=True)
        def pytest_load_initial_conftests():
            os.environ["SHOP_DATABASE"] = "postgresql://developer@localhost/precious"
        """,
    )
    project.write("test_a.py", "import shop\ndef test_own(): shop.connect()\n")
    code, output = project.pytest(broker, "-p", "from_file")
    assert code == 0, output


def test_a_project_that_ignores_our_variables_is_noticed(
    project: Project, owned_server: Server, template: Template
) -> None:
    project.write("shop.py", "")
    project.write(
        "test_a.py",
        f"""
        import os, psycopg
        def test_elsewhere():
            psycopg.connect(dbname="postgres", host="{owned_server.host}").close()
        """,
    )
    with serve_databases(owned_server, template, templates=TEMPLATES) as broker:
        code, output = project.pytest(broker)
        assert (code, broker.was_used()) == (0, False), output
    assert (broker.finished, broker.was_used()) == (1, False)


def test_with_keep_the_database_of_a_failed_test_still_answers(
    project: Project, owned_server: Server, template: Template
) -> None:
    project.write(
        "test_a.py",
        """
        import shop
        def test_good(fresh_database_url): pass
        def test_bad(fresh_database_url):
            with shop.connect(fresh_database_url) as connection:
                connection.execute("INSERT INTO book VALUES ('Emma')")
            assert False
        """,
    )
    with serve_databases(owned_server, template, templates=TEMPLATES, keep=True) as broker:
        project.pytest(broker)
    assert sorted(broker.kept.values()) == ["main", "test_a.py::test_bad"]
    by_user = {user: address.rsplit("/", 1)[1] for address, user in broker.kept.items()}
    with closing(readiness.connect(owned_server, by_user["test_a.py::test_bad"])) as connection:
        assert connection.execute("SELECT title FROM book").fetchall() == [("Emma",)]
    with closing(readiness.connect(owned_server)) as connection:
        for dbname in by_user.values():
            connection.execute(f'DROP DATABASE "{dbname}"'.encode())


def test_the_password_is_in_no_text_of_ours(
    project: Project, owned_server: Server, template: Template
) -> None:
    with serve_databases(owned_server, template, templates=TEMPLATES, keep=True) as broker:
        project.write("test_a.py", "def test_bad(fresh_database_url): assert False\n")
        # Without a failing assertion that shows it: what a test prints, the session masks.
        _, output = project.pytest(broker, "--tb=no", "-v")
    texts = (output, repr(broker.env), repr(broker.kept), repr(broker.running()))
    assert owned_server.password.reveal() not in "".join(texts)
    with closing(readiness.connect(owned_server)) as connection:
        for address in broker.kept:
            connection.execute(f'DROP DATABASE "{address.rsplit("/", 1)[1]}"'.encode())


def test_a_server_that_dies_is_told_to_the_test_that_asks(
    project: Project, owned_server: Server, template: Template
) -> None:
    project.write("test_a.py", "def test_fresh(fresh_database_url): pass\n")
    with serve_databases(owned_server, template, templates=TEMPLATES) as broker:
        with closing(readiness.connect(owned_server)) as connection:
            # As when it dies: every connection of ours is cut.
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'cicd' AND pid <> pg_backend_pid()"
            )
        project.pytest(broker)  # Takes the one that was made ahead.
        code, output = project.pytest(broker)
    assert code != 0
    assert "does not answer" in output
    with closing(readiness.connect(owned_server)) as connection:
        names.sweep(connection)


@pytest.mark.network
@pytest.mark.parametrize("version", ["7.0.*", "8.*", "9.*"])
def test_every_pytest_since_7_takes_the_plugin(
    project: Project, broker: Broker, version: str
) -> None:
    import uv

    project.write(
        "test_a.py",
        """
        import pytest, shop
        @pytest.mark.sqlite_incompatible
        def test_own(database_url, fresh_database_url):
            with shop.connect(fresh_database_url) as connection:
                assert connection.execute("SELECT * FROM book").fetchall() == []
        """,
    )
    packages = (f"pytest=={version}", "psycopg[binary]", "pytest-xdist")
    for arguments in ((), ("-n2",)):
        done = subprocess.run(
            (
                *(uv.find_uv_bin(), "run", "--no-project", "--isolated"),
                *(word for package in packages for word in ("--with", package)),
                *("pytest", "-W", "error", "--strict-markers", "-p", "no:cacheprovider"),
                *arguments,
            ),
            cwd=project.root,
            env=plain_env(os.environ, broker.env),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert broker.finished == 2


SETTINGS = """
    import os
    SECRET_KEY = "tests"
    INSTALLED_APPS = ["shop"]
    DATABASES = {"default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["PGDATABASE"],
        "USER": os.environ["PGUSER"],
        "PASSWORD": os.environ["PGPASSWORD"],
        "HOST": os.environ["PGHOST"],
        "PORT": os.environ["PGPORT"],
    }}
"""
MIGRATION = """
    from django.db import migrations

    def tell(apps, schema_editor):
        with open("migrated", "a") as file:
            file.write("migrated\\n")

    class Migration(migrations.Migration):
        operations = [
            migrations.RunSQL("CREATE TABLE book (title text)"),
            migrations.RunPython(tell),
        ]
"""


@pytest.fixture
def django(tmp_path: Path) -> Path:
    """A Django project with one migration, which tells each time that it is run."""
    files = {
        "settings.py": SETTINGS,
        "pytest.ini": "[pytest]\nDJANGO_SETTINGS_MODULE = settings\npythonpath = .\n",
        "shop/__init__.py": "",
        "shop/migrations/__init__.py": "",
        "shop/migrations/0001_initial.py": MIGRATION,
        "shop/tests.py": """
            import pytest
            from django.db import connection
            from django.test import TestCase

            class Books(TestCase):
                def check(self):
                    with connection.cursor() as cursor:
                        cursor.execute("INSERT INTO book VALUES ('Emma')")
                        cursor.execute("SELECT count(*), current_database() FROM book")
                        count, name = cursor.fetchone()
                    assert count == 1 and name.startswith("test_cicd_"), name
                def test_one(self): self.check()
                def test_two(self): self.check()
        """,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(textwrap.dedent(text))
    return tmp_path


def in_django(root: Path, env: dict[str, str], *command: str) -> None:
    import uv

    packages = ("django>=5,<6", "pytest-django", "pytest-xdist", "psycopg[binary]")
    chosen = [word for package in packages for word in ("--with", package)]
    done = subprocess.run(
        (uv.find_uv_bin(), "run", "--no-project", "--isolated", *chosen, *command),
        cwd=root,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "settings", **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def django_template(server: Server, root: Path) -> Template:
    def migrate(dbname: str) -> None:
        env = plain_env({}, connection_env(server, dbname, {}))
        in_django(root, {**env, "PYTHONPATH": "."}, "django-admin", "migrate")

    return make_template(server, str(root), migrate)


@pytest.mark.network
@pytest.mark.parametrize("arguments", [(), ("-n2",)])
def test_pytest_django_copies_the_template_and_migrates_nothing(
    django: Path, owned_server: Server, arguments: tuple[str, ...]
) -> None:
    template = django_template(owned_server, django)
    with serve_databases(owned_server, template, templates={}, django=True) as broker:
        env = plain_env({}, broker.env)
        in_django(django, env, "pytest", "-p", "no:cacheprovider", "shop/tests.py", *arguments)
    assert (django / "migrated").read_text().splitlines() == ["migrated"]
    assert (broker.finished, broker.was_used()) == (2, True)


@pytest.mark.network
def test_djangos_own_runner_makes_its_database_beside_ours_and_is_noticed(
    django: Path, owned_server: Server
) -> None:
    template = make_template(owned_server, str(django), None)
    with serve_databases(owned_server, template, templates={}) as broker:
        path = os.pathsep.join((".", str(DRIVERS)))
        env = plain_env({}, broker.env) | {"PYTHONPATH": path}
        runner = "--testrunner=cicd_unittest.DjangoRunner"
        in_django(django, env, "django-admin", "test", runner, "shop")
    assert broker.was_used()
