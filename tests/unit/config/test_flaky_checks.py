"""`retries` and `quarantine`: what they may hold, and which tests an entry names."""

from datetime import date
from typing import Any

import pytest

from cicd.config.field_checks import check_fields
from cicd.config.parts import Backend, Frontend
from cicd.config.quarantine import nearest, read_quarantine
from cicd.errors import SettingsError

NAME = "tests/test_a.py::test_a"


@pytest.mark.parametrize("kind", [Backend, Frontend])
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"retries": -1}, "must lie between 0 and 5"),
        ({"retries": 6}, "must lie between 0 and 5"),
        ({"retries": True}, "must be a whole number"),
        ({"quarantine": [NAME]}, "must be a dict of strings"),
        ({"quarantine": {NAME: date(2027, 1, 31)}}, "must be a dict of strings"),
        ({"quarantine": {NAME: "soon"}}, '"soon" is no day'),
        ({"quarantine": {NAME: "2027-02-30"}}, '"2027-02-30" is no day'),
        ({"quarantine": {NAME: "20270130"}}, '"20270130" is no day'),
        ({"quarantine": {" ": "2027-01-31"}}, "an entry without a test"),
    ],
)
def test_what_cannot_be_is_refused(kind: Any, fields: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError) as raised:
        check_fields(kind("web", **fields))
    assert said in str(raised.value)


@pytest.mark.parametrize("kind", [Backend, Frontend])
def test_what_can_be_is_not(kind: Any) -> None:
    check_fields(kind("web", retries=5, quarantine={NAME: "2028-02-29"}))


@pytest.mark.parametrize("fields", [{"retries": 1}, {"quarantine": {NAME: "2027-01-31"}}])
def test_a_command_of_ones_own_has_neither(fields: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="command of your own"):
        check_fields(Backend("backend", tests=("make", "test"), **fields))


def test_an_entry_names_a_test_and_all_its_parameters() -> None:
    part = Backend("backend/", quarantine={f"backend/{NAME}": "2027-01-31", "a.B.c": "2027-01-31"})
    found = read_quarantine(part, date(2027, 1, 30))
    assert [found.entry_of(test) for test in (NAME, f"{NAME}[1]", f"{NAME}b", "a.B.c")] == [
        *(NAME, NAME),
        *("", "a.B.c"),
    ]
    assert found.unknown([f"{NAME}[1]"]) == ("a.B.c",)
    assert found.holds(NAME) and not found.holds("other")


def test_it_holds_until_the_day_and_not_on_it() -> None:
    part = Backend(".", quarantine={NAME: "2027-01-31"})
    days = [date(2027, 1, 30), date(2027, 1, 31), date(2027, 2, 1)]
    assert [read_quarantine(part, day).holds(NAME) for day in days] == [True, False, False]


def test_the_test_that_was_meant_is_near() -> None:
    assert nearest("tests/test_a.py::test_", [NAME, "tests/other.py::no"]) == NAME
    assert nearest("x", [NAME]) == ""
