"""How a test gets its database.

On PostgreSQL the schema is expected to be there (`alembic upgrade head`); nothing here creates it.
On SQLite an in-memory database is created from the models.

An ordinary test runs inside one transaction that is rolled back; what it commits are savepoints.
A test of concurrency really commits, and removes exactly what it made (`tests/crowd.py`).
Neither minds rows that were there before, and both leave them alone.
"""

import itertools
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, create_engine, delete, event
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import StaticPool

from bookshop import database
from bookshop.api.dependencies import get_settings
from bookshop.main import app
from bookshop.models import Base
from bookshop.settings import Settings
from tests.crowd import Crowd
from tests.shelf import Shelf

ADMIN_TOKEN = "a token for tests"


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    if database.engine.dialect.name == "postgresql":
        yield database.engine
        database.engine.dispose()
        return
    engine = _sqlite_engine()
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def _sqlite_engine() -> Engine:
    """One in-memory database for all threads, with foreign keys and with working savepoints."""
    engine = create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
    )

    # https://docs.sqlalchemy.org/en/20/dialects/sqlite.html#enabling-non-legacy-sqlite-transactional-modes-with-the-sqlite3-or-aiosqlite-driver
    @event.listens_for(engine, "connect")
    def configure(connection, _record):  # type: ignore[no-untyped-def]
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A transaction in which every table is empty, and of which nothing will remain."""
    with engine.connect() as connection, connection.begin() as transaction:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(delete(table))
        yield connection
        transaction.rollback()


@pytest.fixture
def sessions(connection: Connection) -> sessionmaker[Session]:
    return sessionmaker(
        connection, join_transaction_mode="create_savepoint", expire_on_commit=False
    )


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    with sessions() as session:
        yield session


@pytest.fixture
def shelf(session: Session) -> Shelf:
    """Puts books on sale."""
    return Shelf(session, itertools.count(1))


@pytest.fixture(scope="session")
def http() -> Iterator[TestClient]:
    """One for all tests, because starting its event loop takes longer than most of them."""
    with TestClient(app) as client:
        yield client


@pytest.fixture
def client(http: TestClient, sessions: sessionmaker[Session]) -> Iterator[TestClient]:
    """The application, where each request has a session of its own inside the test's transaction.

    So what a route forgets to commit is lost, as it would be in production.
    """

    def session_of_request() -> Iterator[Session]:
        with sessions() as session:
            yield session

    app.dependency_overrides[database.get_session] = session_of_request
    app.dependency_overrides[get_settings] = lambda: Settings(admin_token=SecretStr(ADMIN_TOKEN))
    yield http
    app.dependency_overrides.clear()


@pytest.fixture
def crowd(engine: Engine) -> Iterator[Crowd]:
    """Customers on connections of their own, who really commit."""
    crowd = Crowd(database.SessionLocal)
    yield crowd
    crowd.clean_up()
