"""What `cicd` puts into a project's own pytest: standard library only. PYTEST_DONT_REWRITE

Each pytest process, and each xdist worker, asks the session that started it for a database
before any conftest is imported, and tells which test it runs. When that session is gone,
the tests go on with the variables that they were started with.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import socket

import pytest

_TIMEOUT_S = 120.0
_INSIDE = "CICD_PYTEST"
"""Set in a pytest process of ours, so that a pytest that a *test* starts is let be."""

_LONGEST_ID = 2000
"""An id may hold a whole document that the test was given; the session reads short lines."""

_failed: set[str] = set()
"""The tests that failed, by their node ids."""


class Line:
    """The connection to the session. As long as it is open, what we were given is ours."""

    def __init__(self, address: str, token: str) -> None:
        host, _, port = address.rpartition(":")
        self.pid = os.getpid()
        self._socket = socket.create_connection((host, int(port)), timeout=_TIMEOUT_S)
        # What is told must be known at once: the next thing a test does may be to hang.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._stream = self._socket.makefile("rwb")
        self._send({"token": token})
        self.about = self.ask("hello", worker=worker_name(), pid=self.pid)

    def ask(self, op: str, **values: object) -> dict[str, object]:
        """Raises `ConnectionError` when the session is gone, `RuntimeError` when it refuses."""
        self._send({"op": op, **values})
        line = self._stream.readline()
        if not line:
            raise ConnectionError("the session is gone")
        reply: dict[str, object] = json.loads(line)
        if "error" in reply:
            raise RuntimeError(str(reply["error"]))
        return reply

    def tell(self, op: str, **values: object) -> None:
        """Nothing comes of it when the session is gone, or the tests forbid sockets."""
        try:
            self._send({"op": op, **values})
        except Exception:
            pass

    def close(self) -> None:
        for end in (self._stream, self._socket):
            try:
                end.close()
            except OSError:
                pass

    def _send(self, message: dict[str, object]) -> None:
        self._stream.write(json.dumps(message).encode() + b"\n")
        self._stream.flush()


class Process:
    """This process: its line to the session, and the variables that it was given."""

    def __init__(self) -> None:
        self.line: Line | None = None
        self.env: dict[str, str] = {}
        self.begun = False

    def begin(self) -> bool:
        """True once in a process, and not where a test of ours has started it."""
        if self.begun or os.environ.get(_INSIDE) == worker_name():
            return False
        self.begun = True
        os.environ[_INSIDE] = worker_name()
        return True

    def connect(self) -> Line | None:
        """The line, opened again after a fork: two processes must not share one."""
        if self.line is None or self.line.pid != os.getpid():
            self.line = open_line()
        return self.line

    def take_database(self) -> None:
        line = self.connect()
        if line is not None and line.about.get("database") == "postgresql":
            env = line.ask("worker")["env"]
            assert isinstance(env, dict)
            self.env = env
            os.environ.update(env)


process = Process()


def open_line() -> Line | None:
    address, token = os.environ.get("CICD_BROKER"), os.environ.get("CICD_BROKER_TOKEN")
    if not address or not token:
        return None
    try:
        line = Line(address, token)
    except (OSError, ValueError):
        return None
    atexit.register(line.close)
    return line


def worker_name() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    pluginmanager.register(_LastWord(), "cicd_last_word")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "sqlite_incompatible: deselected by cicd when the database is SQLite"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Before any conftest is imported: engines are made at import, fixtures come too late."""
    if not process.begin():
        return
    try:
        process.take_database()
    except ConnectionError:
        return
    except RuntimeError as error:
        raise pytest.UsageError(str(error)) from None
    if process.line is not None:
        early_config.pluginmanager.register(Reporter(process.line), "cicd_reporter")


class _LastWord:
    """Plugins that set variables from a file (pytest-env) do it in the same hook, after us."""

    def pytest_load_initial_conftests(self) -> None:
        os.environ.update(process.env)
        process.env = {}


class Reporter:
    """Tells the session what happens here; chooses the tests that the database can pass."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def pytest_configure(self, config: pytest.Config) -> None:
        # xdist has settled by now what "auto" is; its workers start after this.
        workers = getattr(config.option, "tx", None)
        if isinstance(workers, list) and worker_name() == "main":
            self._line.tell("expect", count=len(workers))
        template = self._line.about.get("template")
        if template:
            config.pluginmanager.register(_Django(str(template), self._line), "cicd_django")

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        if self._line.about.get("database") != "sqlite":
            return
        left_out = [item for item in items if item.get_closest_marker("sqlite_incompatible")]
        if left_out:
            config.hook.pytest_deselected(items=left_out)
            items[:] = [item for item in items if item not in left_out]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._line.tell("collected", count=len(session.items))

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item):  # type: ignore[no-untyped-def]
        self._line.tell("running", nodeid=item.nodeid[:_LONGEST_ID])
        yield
        self._line.tell("finished")

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item):  # type: ignore[no-untyped-def]
        outcome = yield
        if outcome.get_result().failed:
            _failed.add(item.nodeid)


class _Django:
    """pytest-django: a worker's test database is a copy, so that nothing is migrated again."""

    def __init__(self, template: str, line: Line) -> None:
        self._template, self._line = template, line

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(  # type: ignore[no-untyped-def]
        self, fixturedef: pytest.FixtureDef[object]
    ):
        """Its database is gone when the tests end, and may have lived for an instant only."""
        yield
        if fixturedef.argname == "django_db_setup":
            with contextlib.suppress(Exception):
                self._line.ask("look")

    @pytest.fixture(scope="session")
    def django_db_modify_db_settings(
        self, django_db_modify_db_settings_parallel_suffix: None
    ) -> None:
        from django.conf import settings  # type: ignore[import-not-found,unused-ignore]

        for database in settings.DATABASES.values():
            if database.get("NAME") == os.environ.get("PGDATABASE"):
                database.setdefault("TEST", {})["TEMPLATE"] = self._template


@pytest.fixture(scope="session")
def database_url() -> str:
    """The address of this process's own PostgreSQL database, migrated."""
    _require_line()
    return os.environ["DATABASE_URL"]


@pytest.fixture
def fresh_database_url(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    """The address of a PostgreSQL database, migrated, that no other test has seen."""
    line = _require_line()
    nodeid = request.node.nodeid
    given = line.ask("fresh", nodeid=nodeid[:_LONGEST_ID])
    env = given["env"]
    assert isinstance(env, dict)
    yield env["DATABASE_URL"]
    line.tell("release", dbname=given["dbname"], failed=nodeid in _failed)


def _require_line() -> Line:
    line = process.connect()
    if line is None or line.about.get("database") != "postgresql":
        raise RuntimeError("there is no PostgreSQL database of cicd's in this run")
    return line
