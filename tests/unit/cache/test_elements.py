"""What changed while a session ran."""

import pytest

from cicd.cache.elements import Elements, Unknown

BEFORE = {"inputs": "a", "api:python": "CPython 3.13.2"}


def test_nothing_changed() -> None:
    assert Elements(BEFORE).changed_since(Elements(BEFORE)) == ()


def test_inputs_that_changed_are_named_also_when_other_things_were_not_known() -> None:
    now = Elements({**BEFORE, "inputs": "b"})
    assert now.changed_since(Elements(BEFORE)) == ("inputs",)
    assert now.changed_since(Unknown("which Python?", {"inputs": "a"})) == ("inputs",)


def test_what_became_known_is_no_change() -> None:
    assert Elements(BEFORE).changed_since(Unknown("which Python?", {"inputs": "a"})) == ()


def test_what_the_session_installed_is_no_change() -> None:
    now = Elements({**BEFORE, "api:installed pytest-cov": "6.0"})
    assert now.changed_since(Elements(BEFORE)) == ()
    older = Elements({**BEFORE, "api:installed pytest-cov": "5.0"})
    assert now.changed_since(older) == ()


def test_what_somebody_installed_meanwhile_is_one_and_what_was_made_good_is_none() -> None:
    by_hand = Elements({**BEFORE, "api:changed by hand": "pytest 8.1 → 8.2"})
    assert by_hand.changed_since(Elements(BEFORE)) == ("api:changed by hand",)
    assert Elements(BEFORE).changed_since(by_hand) == ()


@pytest.mark.parametrize(
    "name",
    ["api:file api/.env", "api:reads data", "api:outside ../x", "above ../ruff.toml"]
    + ["at home .npmrc", "variable DEBUG"],
)
def test_what_appears_meanwhile_is_a_change_also_when_other_things_were_not_known(
    name: str,
) -> None:
    now = Elements({**BEFORE, name: "x"})
    assert now.changed_since(Unknown("which Python?", {"inputs": "a"})) == (name,)
