"""Which passwords have to be made up."""

import pytest

from cicd.images.stack.passwords import open_passwords


@pytest.mark.parametrize(
    "used",
    [
        "$DB_PASSWORD",
        "${DB_PASSWORD}",
        "${DB_PASSWORD:-}",
        "${DB_PASSWORD-}",
        "${DB_PASSWORD?}",
        "${DB_PASSWORD:?is not set}",
        "postgresql://shop:${DB_PASSWORD}@db/${DB_NAME:-shop}",
    ],
)
def test_a_password_that_nobody_has_set_is_open(used: str) -> None:
    assert open_passwords(f"A: {used}\nB: {used}\n", "", {}) == ("DB_PASSWORD",)


@pytest.mark.parametrize(
    "used",
    ["$$DB_PASSWORD", "${DB_PASSWORD:-books}", "${DB_PASSWORD:+x}", "${DB_USER}", "DB_PASSWORD:"],
)
def test_a_default_serves_and_other_variables_are_not_ours(used: str) -> None:
    assert open_passwords(f"A: {used}\n", "", {}) == ()


def test_what_the_environment_or_the_settings_file_has_is_taken() -> None:
    text = "A: $DB_PASSWORD ${PGPASSWORD} ${C_DB_PASSWORD} ${DJANGO_SECRET_KEY:?}\n"
    dotenv = "DB_PASSWORD=\nexport PGPASSWORD = 1\n# C_DB_PASSWORD=2\n"
    assert open_passwords(text, dotenv, {"DJANGO_SECRET_KEY": "x"}) == ("C_DB_PASSWORD",)


@pytest.mark.parametrize(
    ("used", "names"),
    [
        ("${SMTP_PASSWORD}", ()),
        ("${ADMIN_PASSWORD:-}", ()),
        ("${ADMIN_PASSWORD:?}", ("ADMIN_PASSWORD",)),
        ("${SECRET_KEY?is not set}", ("SECRET_KEY",)),
        ("${POSTGRES_PASSWORD}", ("POSTGRES_PASSWORD",)),
        ("${SHOP_DB_PASSWORD}", ("SHOP_DB_PASSWORD",)),
    ],
)
def test_what_may_be_empty_stays_empty_but_for_a_database(
    used: str, names: tuple[str, ...]
) -> None:
    assert open_passwords(f"A: {used}\n", "", {}) == names
