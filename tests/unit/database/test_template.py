from dataclasses import replace
from datetime import date

import pytest

from cicd.database.names import parse_run_key
from cicd.database.port import Server
from cicd.database.template import is_forgotten, template_name
from cicd.model import Secret

SERVER = Server(
    host="db",
    port=5432,
    user="ci",
    password=Secret("ci-password"),
    owned=False,
    provider="given",
    version="15.18",
)


def test_one_key_has_one_name_that_a_server_takes_whole() -> None:
    name = template_name(SERVER, "k" * 500)
    assert name == template_name(SERVER, "k" * 500)
    assert len(name) < 63  # PostgreSQL cuts longer names.


def test_another_key_and_another_role_have_another_template() -> None:
    other_role = replace(SERVER, user="somebody")
    names = {template_name(SERVER, "a"), template_name(SERVER, "b"), template_name(other_role, "a")}
    assert len(names) == 3


def test_a_template_belongs_to_no_run_that_could_be_swept() -> None:
    assert parse_run_key(template_name(SERVER, "a")) is None


@pytest.mark.parametrize(
    ("comment", "forgotten"),
    [
        ("cicd: used 2026-11-14", True),
        ("cicd: used 2026-11-15", False),
        ("cicd: used 2026-12-01", False),
        ("somebody's own words", False),
        ("None", False),
    ],
)
def test_a_template_is_forgotten_after_a_week_without_use(comment: str, forgotten: bool) -> None:
    assert is_forgotten(comment, date(2026, 11, 22)) is forgotten
