"""`reads` and `reuse`: what can be meant passes, what cannot is told in a few lines."""

from __future__ import annotations

from typing import Any

import pytest

from cicd.config.field_checks import check_fields
from cicd.config.parts import Backend, Frontend
from cicd.errors import SettingsError


@pytest.mark.parametrize(
    "given",
    [
        {"reads": ("../rates", "/usr/bin/pdftotext", "not/there/yet")},
        {"reads": ()},
        {"reuse": True},
        {"reuse": False},
        {"reuse": "today"},
    ],
)
def test_what_can_be_meant_passes(given: dict[str, Any]) -> None:
    check_fields(Backend("api", **given))
    check_fields(Frontend("web", **given))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"reads": "shared"}, "`reads` must be a tuple of strings\n  with a comma at the end"),
        ({"reads": ["shared"]}, "`reads` must be a tuple of strings"),
        ({"reads": (1,)}, "`reads` must be a tuple of strings"),
        ({"reads": (" ",)}, "`reads` has an empty path"),
        ({"reuse": "tomorrow"}, '`reuse` must be True, False or "today"'),
        ({"reuse": 1}, '`reuse` must be True, False or "today"'),
        ({"reuse": None}, '`reuse` must be True, False or "today"'),
    ],
)
def test_what_cannot_be_meant_is_told(given: dict[str, Any], told: str) -> None:
    for part in (Backend("api", **given), Frontend("web", **given)):
        with pytest.raises(SettingsError) as caught:
            check_fields(part)
        assert told in str(caught.value)
