"""A password in a connection's address is shown nowhere: not on the screen, not in a file."""

from pathlib import Path

import psycopg
from tests.nox.conftest import Repository
from tests.nox.screen import assert_red

from cicd.database.port import Server

TELLS = """\
    import os
    import warnings

    import psycopg
    import shop


    def test_that_tells_all():
        print(os.environ["DATABASE_URL"], os.environ["PGPASSWORD"])
        warnings.warn(os.environ["PGPASSWORD"])
        assert os.environ["DATABASE_URL"] == "another"


    def test_that_asks_for_what_is_not_there():
        psycopg.connect(os.environ["DATABASE_URL"].replace("/cicd", "/nobody"))
    """


def test_the_password_of_a_given_server_is_never_shown(
    shop: Repository, given_server: Server, given: dict[str, str]
) -> None:
    shop.put("backend/tests/test_shop.py", TELLS)
    ended = shop.nox("-v", "-s", "backend_test", "--", "-vv", "-s", "--showlocals", **given)
    assert_red(ended, "backend_test", "2 of 2 tests failed", "PostgreSQL 15.", "(given)", "***")
    password = given_server.password.reveal()
    assert password not in ended.output
    assert "***" in ended.output
    assert files_with(password, shop.root / ".cicd") == []
    assert databases_of_runs(given_server) == []


def test_a_password_that_is_wrong_is_not_shown_either(
    shop: Repository, given_server: Server
) -> None:
    url = given_server.url("postgres").reveal()
    wrong = url.replace(given_server.password.reveal(), "not%20the%2Fpassword")
    ended = shop.nox("-s", "backend_test", CICD_DATABASE_URL=wrong, CICD_DATABASE="given", CI="1")
    where = f"127.0.0.1:{given_server.port} does not let us in: "
    assert_red(ended, "backend_test", where, "password authentication failed")
    for spelled in ("not%20the%2Fpassword", "not the/password"):
        assert spelled not in ended.output
        assert files_with(spelled, shop.root / ".cicd") == []


def test_a_migration_that_fails_does_not_tell_the_password(
    shop: Repository, given_server: Server, given: dict[str, str]
) -> None:
    migrate = "import os, sys\nsys.exit('cannot migrate ' + os.environ['DATABASE_URL'])\n"
    shop.put("backend/migrate.py", migrate)
    ended = shop.nox("-s", "backend_test", **given)
    assert_red(ended, "backend_test", "cannot migrate postgresql://postgres:***@")
    assert given_server.password.reveal() not in ended.output
    assert files_with(given_server.password.reveal(), shop.root / ".cicd") == []
    assert databases_of_runs(given_server) == []


def files_with(text: str, folder: Path) -> list[str]:
    """Below the runs and the reports; environments have no business with it, and are large."""
    looked_at = [path for name in ("runs", "reports") for path in (folder / name).rglob("*")]
    assert any(path.name.endswith(".json") for path in looked_at)
    found = (path for path in looked_at if path.is_file() and text.encode() in path.read_bytes())
    return [str(path.relative_to(folder)) for path in found]


def databases_of_runs(server: Server) -> list[str]:
    """Our databases that are not kept templates."""
    with psycopg.connect(server.url("postgres").reveal()) as connection:
        query = "SELECT datname FROM pg_database WHERE datname ~ '^(test_)?cicd_'"
        names = [str(name) for (name,) in connection.execute(query).fetchall()]
    return [name for name in names if not name.startswith("cicd_template_")]
