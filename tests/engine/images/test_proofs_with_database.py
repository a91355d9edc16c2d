"""An image that is started with a database of its own, migrated by its backend's migrations."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.engine.images.proving import Bench, Proved, Workshop, api, containers
from tests.nox import miniatures
from tests.nox.conftest import Repository, shop, shop_home

from cicd.config.parts import Backend
from cicd.errors import SettingsError

__all__ = ["shop", "shop_home"]

pytestmark = pytest.mark.engine
ASKS = """\
    FROM postgres:15
    USER postgres
    ENTRYPOINT ["psql", "-v", "ON_ERROR_STOP=1", "-c"]
    CMD ["SELECT title FROM books"]
    """
SHOP = Backend("backend", postgres="15", migrations=("python", "migrate.py"))


@pytest.fixture
def bench(tmp_path: Path, shop: Repository) -> Iterator[Bench]:
    workshop = Workshop(tmp_path)
    yield Bench(workshop, shop.root)
    workshop.close()
    assert containers() == []


def prove(bench: Bench, dockerfile: str = ASKS, *, backend: str | None = "backend") -> Proved:
    env = {"PGAPPNAME": "{dbname}"} if backend else {}
    image = api(env=env, port=None, health=None, backend=backend, start_s=30)
    return bench.prove(image, dockerfile, SHOP)


def test_the_database_is_there_and_migrated(bench: Bench) -> None:
    outcome = prove(bench).outcome
    assert outcome.passed, outcome
    assert outcome.facts["database"].startswith("PostgreSQL 15.")
    assert outcome.facts["database"].endswith("(container)")
    assert not outcome.unverified


def test_a_table_that_no_migration_makes_is_red(bench: Bench) -> None:
    missing = prove(bench, ASKS.replace("FROM books", "FROM authors"))
    assert missing.only.title.endswith("with exit code 1")
    assert 'relation "authors" does not exist' in missing.only.detail


def test_a_password_in_the_log_is_masked(bench: Bench) -> None:
    tells = """\
        FROM postgres:15
        USER postgres
        CMD ["sh", "-c", "echo it is $PGPASSWORD; exit 3"]
        """
    proved = prove(bench, tells)
    assert "it is ***" in proved.shown


def test_without_its_database_it_is_red(bench: Bench) -> None:
    assert not prove(bench, backend=None).outcome.passed


def test_migrations_that_fail_are_red_and_so_is_what_else_is_wrong(
    bench: Bench, shop: Repository
) -> None:
    shop.put("backend/migrate.py", "raise SystemExit('no such column')\n")
    proved = prove(bench, ASKS.replace("USER postgres", "USER root"))
    assert proved.titles[0] == "it runs as root: USER is root"
    assert proved.titles[1].startswith("the migrations failed")


def test_a_backend_that_is_not_there_is_a_wrong_setting(bench: Bench) -> None:
    with pytest.raises(SettingsError, match='backend="shop".*no such backend'):
        prove(bench, backend="shop")


def test_other_settings_of_the_schema_are_another_proof(bench: Bench, shop: Repository) -> None:
    assert prove(bench).outcome.passed
    assert "reused" in prove(bench).outcome.headline
    shop.put("backend/migrate.py", miniatures.SHOP["backend/migrate.py"] + "\n# changed\n")
    assert "reused" not in prove(bench).outcome.headline


def test_a_database_that_cannot_be_had_is_not_verified_and_hides_nothing(
    bench: Bench, shop: Repository
) -> None:
    image = api(env={}, port=None, health=None, backend="backend")
    proved = bench.prove(image, ASKS.replace("USER postgres\n", ""), replace(SHOP, postgres="99"))
    assert proved.titles == ["it runs as root: no USER is set"]
    (gap,) = proved.outcome.unverified
    assert gap.startswith("database  PostgreSQL 99 was asked for. Tried:")
