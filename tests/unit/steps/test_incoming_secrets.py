import pytest

from cicd.steps.incoming_secrets import incoming_secrets


def found(**environ: str) -> set[str]:
    return {secret.reveal() for secret in incoming_secrets(environ)}


@pytest.mark.parametrize(
    "name",
    [
        "GITHUB_TOKEN",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
        "DEPLOY_PASSWORD",
        "APP_SECRET",
        "SIGNING_KEY",
        "api_key",
        "MYPASSWD",
    ],
)
def test_what_has_the_name_of_a_secret_is_one(name: str) -> None:
    assert found(**{name: "s3cr3t-value"}) == {"s3cr3t-value"}


def test_what_has_the_form_of_a_token_is_one_under_any_name() -> None:
    token = "ghp_" + "a1" * 18
    assert found(WHATEVER=token) == {token}


def test_of_an_address_it_is_the_password() -> None:
    assert found(DATABASE_URL="postgresql://shop:hunter2hunter2@db/shop") == {"hunter2hunter2"}
    assert found(PROXY="http://me:p%40ss-w0rd@proxy") == {"p%40ss-w0rd", "p@ss-w0rd"}
    assert found(REDIS_URL="redis://:hunter2hunter2@cache") == {"hunter2hunter2"}


def test_a_common_password_is_hidden_in_its_address_only() -> None:
    assert found(DATABASE_URL="postgresql://postgres:postgres@db/x") == {":postgres@"}
    assert found(DATABASE_URL="postgresql://shop:test@db/x") == {":test@"}


@pytest.mark.parametrize("value", ["", "test", "postgres", "changethis", "true", "3600", "abc"])
def test_a_common_word_is_not_hidden(value: str) -> None:
    assert found(POSTGRES_PASSWORD=value) == set()


def test_what_is_public_elsewhere_is_not_hidden() -> None:
    assert found(DB_PASSWORD="bookshop-app", DB_NAME="bookshop-app") == set()


def test_a_secret_stays_one_though_another_variable_has_it_as_well() -> None:
    assert found(APP_TOKEN="a1b2c3d4e5f6", OTHER="a1b2c3d4e5f6") == {"a1b2c3d4e5f6"}


def test_a_path_that_is_there_is_not_hidden() -> None:
    assert found(SSH_KEY="/usr", OTHER_KEY="/s3cr3t/in/base64") == {"/s3cr3t/in/base64"}


def test_other_variables_are_left_alone() -> None:
    assert found(PATH="/usr/bin:/bin", HOME="/home/someone", PUBLIC_KEY="ssh-rsa AAAA") == set()
