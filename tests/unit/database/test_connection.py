import pytest

from cicd.database.connection import connection_env, connection_secrets
from cicd.database.port import Server
from cicd.errors import SettingsError
from cicd.model import Secret
from cicd.system.process import plain_env

SERVER = Server(
    host="127.0.0.1",
    port=5433,
    user="cicd",
    password=Secret("p@ss/word"),
    owned=True,
    provider="local",
    version="15.18",
)


def test_every_form_in_which_a_project_may_read_its_connection_is_there() -> None:
    assert plain_env({}, connection_env(SERVER, "shop", {}, "postgresql+asyncpg")) == {
        "DATABASE_URL": "postgresql+asyncpg://cicd:p%40ss%2Fword@127.0.0.1:5433/shop",
        "PGHOST": "127.0.0.1",
        "PGPORT": "5433",
        "PGUSER": "cicd",
        "PGPASSWORD": "p@ss/word",
        "PGDATABASE": "shop",
    }


def test_placeholders_are_filled_under_the_projects_own_names() -> None:
    templates = {
        "POSTGRES_SERVER": "{host}",
        "POSTGRES_ADDRESS": "{host}:{port}",
        "POSTGRES_USER": "{user}",
        "POSTGRES_PASSWORD": "{password}",
        "POSTGRES_DB": "{dbname}",
        "SQLALCHEMY_DATABASE_URI": "{url}?application_name=shop",
        "SECRET_KEY": "for tests",
    }
    env = plain_env({}, connection_env(SERVER, "shop", templates))
    assert {name: env[name] for name in templates} == {
        "POSTGRES_SERVER": "127.0.0.1",
        "POSTGRES_ADDRESS": "127.0.0.1:5433",
        "POSTGRES_USER": "cicd",
        "POSTGRES_PASSWORD": "p@ss/word",
        "POSTGRES_DB": "shop",
        "SQLALCHEMY_DATABASE_URI": "postgresql://cicd:p%40ss%2Fword@127.0.0.1:5433/shop"
        "?application_name=shop",
        "SECRET_KEY": "for tests",
    }


def test_what_holds_the_password_is_a_secret_and_nothing_else_is() -> None:
    templates = {"A": "{host}", "B": "x{password}", "C": "{url}", "D": "plain"}
    env = connection_env(SERVER, "shop", templates)
    secrets = {name for name, value in env.items() if isinstance(value, Secret)}
    assert secrets == {"DATABASE_URL", "PGPASSWORD", "B", "C"}


def test_the_projects_own_form_of_a_variable_wins() -> None:
    env = connection_env(SERVER, "shop", {"DATABASE_URL": "postgres://{host}/{dbname}"})
    assert env["DATABASE_URL"] == "postgres://127.0.0.1/shop"


def test_doubled_braces_stand_for_braces() -> None:
    assert connection_env(SERVER, "shop", {"A": '{{"db": "{dbname}"}}'})["A"] == '{"db": "shop"}'


@pytest.mark.parametrize("text", ["{hots}", "{}", "{0}", "{host!r}", "{host.x}", "{port:>9}"])
def test_any_other_placeholder_is_refused_by_the_variables_name(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        connection_env(SERVER, "shop", {"DB_HOST": text})
    assert f'"DB_HOST" holds {text}' in str(caught.value)
    assert "{url} {host} {port} {user} {password} {dbname}" in str(caught.value)


def test_a_brace_that_is_alone_is_refused_by_the_variables_name() -> None:
    with pytest.raises(SettingsError, match='"LABELS".*cannot be read.*\n.*{{ and }}'):
        connection_env(SERVER, "shop", {"LABELS": "{"})


def test_the_password_is_to_be_masked_in_both_its_forms() -> None:
    assert connection_secrets(SERVER) == (Secret("p@ss/word"), Secret("p%40ss%2Fword"))
