"""The address of a server that somebody else runs, and the names of what we make there."""

import pytest

from cicd.database import names
from cicd.database.given import GivenProvider, parse_address
from cicd.database.port import Need, Refusal
from cicd.model import Secret

NEED = Need(major="15")


def test_an_address_is_read_as_sqlalchemy_and_libpq_write_it() -> None:
    for url in (
        "postgresql+psycopg://me:p%40ss@db.example:6543/shop",
        "postgres://me:p%40ss@db.example:6543/shop",
        "host=db.example port=6543 user=me password=p@ss dbname=shop",
    ):
        server = parse_address(Secret(url))
        assert server is not None
        told = (server.host, server.port, server.user, server.dbname, server.password.reveal())
        assert told == ("db.example", 6543, "me", "shop", "p@ss")
        assert server.owned is False


def test_without_an_address_there_is_no_given_server() -> None:
    refusal = Refusal("given", "CICD_DATABASE_URL is not set")
    assert GivenProvider(url=None).probe(NEED) == refusal
    assert GivenProvider(url=None).sweep() == ()


def test_an_address_of_something_else_is_refused_without_showing_it() -> None:
    answer = GivenProvider(url=Secret("mysql://me:hunter2@db/shop")).probe(NEED)
    assert answer == Refusal("given", "CICD_DATABASE_URL is not an address of PostgreSQL")


def test_a_server_that_is_not_there_is_refused_with_its_address_and_without_the_password() -> None:
    url = Secret("postgresql://me:hunter2@127.0.0.1:1/shop")
    answer = GivenProvider(url=url).probe(NEED)
    assert isinstance(answer, Refusal)
    assert answer.reason.startswith("127.0.0.1:1 does not let us in: ")
    assert "Connection refused" in answer.reason
    assert "hunter2" not in answer.reason + repr(GivenProvider(url=url))


@pytest.mark.parametrize(
    ("database", "key"),
    (
        ("cicd_0123456789ab_1", "0123456789ab"),
        ("test_cicd_0123456789ab_1", "0123456789ab"),
        ("cicd_template_0123456789abcdef", None),
        ("cicd_kept_0123456789ab_1", None),
        ("cicd_0123456789ab", None),
        ("shop", None),
    ),
)
def test_only_a_runs_own_databases_have_a_run_key(database: str, key: str | None) -> None:
    assert names.parse_run_key(database) == key


def test_a_run_key_is_in_the_name_and_in_the_lock() -> None:
    key = names.new_run_key()
    assert names.parse_run_key(names.database_name(key, "gw0")) == key
    assert names.lock_key(key) != names.lock_key(names.new_run_key())
    assert -(2**63) <= names.lock_key(key) < 2**63
