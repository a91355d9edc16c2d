"""The database of each test process, in the way that BENCHMARK names."""

import os
import subprocess

import pytest

HOW = os.environ.get("BENCHMARK", "ours")
IMAGE = "postgres:15"


def migrate(**database):
    """Runs the migrations, as `alembic upgrade head` does, on the database that tests go to."""
    from alembic import command, config

    if database:
        address = "{user}:{password}@{host}:{port}/{dbname}".format(**database)
        os.environ["DATABASE_URL"] = f"postgresql://{address}"
    command.upgrade(config.Config("alembic.ini"), "head")


@pytest.fixture(scope="session")
def database(request):
    """Where tests go is in the environment when this is there."""
    if HOW == "ours":
        yield
    elif HOW == "container for each worker":
        from testcontainers.community.postgres import PostgresContainer

        with PostgresContainer(IMAGE, driver=None) as container:
            os.environ["DATABASE_URL"] = container.get_connection_url()
            migrate()
            yield
    elif HOW == "one container":
        import psycopg

        name = f"suite_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
        server = os.environ["DATABASE_URL"]
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        os.environ["DATABASE_URL"] = server.rpartition("/")[0] + f"/{name}"
        migrate()
        yield
    else:
        yield request.getfixturevalue("postgresql_of_worker")


if HOW == "pytest-postgresql":
    from pytest_postgresql import factories

    folder = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True)
    server = factories.postgresql_proc(
        executable=os.path.join(folder.stdout.strip(), "pg_ctl"), password="secret", load=[migrate]
    )

    @pytest.fixture(scope="session")
    def postgresql_of_worker(server):
        """As its documentation has it for SQLAlchemy: a copy of the template it loaded."""
        from pytest_postgresql.janitor import DatabaseJanitor

        about = {"host": server.host, "port": server.port, "user": server.user}
        named = {"dbname": "suite", "template_dbname": server.template_dbname}
        with DatabaseJanitor(**about, **named, password=server.password):
            address = "{user}:secret@{host}:{port}/suite".format(**about)
            os.environ["DATABASE_URL"] = f"postgresql://{address}"
            yield


@pytest.fixture(scope="session")
def engine(database):
    import sqlalchemy

    url = sqlalchemy.make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+psycopg")
    return sqlalchemy.create_engine(url)
