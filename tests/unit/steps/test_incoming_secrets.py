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
        "NPM_AUTH",
        "SLACK_WEBHOOK",
        "SLACK_WEBHOOK_URL",
        "AZURE_STORAGE_CONNECTION_STRING",
        "SENTRY_DSN",
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


DOTENV = (
    "DATABASE_URL=postgres://u:pgpw-8831xx@db/x\nexport STRIPE='strp_dotenv_771aa'\nDEBUG=true\n"
)


def test_a_whole_file_in_one_secret_is_masked_with_what_its_lines_assign() -> None:
    assert found(DOTENV_SECRET=DOTENV) == {"pgpw-8831xx", DOTENV, "strp_dotenv_771aa"}


def test_a_token_beside_an_address_is_not_forgotten() -> None:
    token = "ghp_" + "a1" * 18
    value = f"postgres://u:pgpw-8831xx@db/x {token}"
    assert found(WHATEVER=value) == {"pgpw-8831xx", value}


@pytest.mark.parametrize(
    "value",
    [
        "https://hooks.slack.com/services/T0/B0/abcdefgh",
        "xapp-1-A0123456789",
        "Endpoint=https://x;AccountKey=a1b2c3d4==",
    ],
)
def test_what_opens_something_by_its_form_is_a_secret(value: str) -> None:
    assert found(WHATEVER=value) >= {value}


def test_a_password_may_be_one_field_of_several() -> None:
    assert found(WHATEVER="Endpoint=https://x;AccountKey=a1b2c3d4==") > {"a1b2c3d4=="}
    assert found(PG="host=db user=u password=hunter2hunter2") == {"hunter2hunter2"}


@pytest.mark.parametrize("end", ["", ":"])
def test_a_token_may_be_the_user_of_an_address(end: str) -> None:
    assert found(URL=f"https://a1b2c3d4e5f6a7b8{end}@host/x") == {"a1b2c3d4e5f6a7b8"}
    assert found(URL="https://somebody@host/x", OTHER="https://example.org/a@b") == set()


def test_a_password_may_stand_in_the_query_of_an_address() -> None:
    assert found(URL="jdbc:pg://h/x?user=u&password=hunter2hunter2&a=b") == {"hunter2hunter2"}
    assert found(URL="jdbc:pg://h/x?password=test") == {"password=test"}


def test_what_the_noxfile_calls_a_secret_is_one_under_any_name() -> None:
    environ = {"NPMRC": "a1b2c3d4e5f6", "OTHER": "a1b2c3d4", "COMMON": "test"}
    secrets = incoming_secrets(environ, {"NPMRC", "COMMON", "ABSENT"})
    assert [secret.reveal() for secret in secrets] == ["a1b2c3d4e5f6"]
