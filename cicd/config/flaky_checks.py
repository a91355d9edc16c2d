"""The fields of tests that cannot be relied on: `retries` and `quarantine`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.config.complaint import complaint
from cicd.config.parts import Backend

if TYPE_CHECKING:
    from cicd.config.parts import Part
    from cicd.errors import SettingsError

MOST_RETRIES = 5
"""A test that needs more of them tells nothing when it passes."""


def check_flaky_fields(part: Part) -> None:
    """Raises `SettingsError` for a number or a day that cannot be, and for a command of one's
    own: nobody knows how it is told to run one test."""
    if not (part.retries or part.quarantine):
        return
    if isinstance(part, Backend) and isinstance(part.tests, tuple):
        field = "retries" if part.retries else "quarantine"
        wrong = f"`{field}`: `tests` is a command of your own, which is not told to run one test"
        raise _wrong(part, field, wrong, 'let `tests` be "pytest", "django" or "unittest"')
    if not 0 <= part.retries <= MOST_RETRIES:
        wrong = f"`retries` must lie between 0 and {MOST_RETRIES}"
        raise _wrong(part, "retries", wrong)
    for test, day in part.quarantine.items():
        if not test.strip():
            raise _wrong(part, "quarantine", "`quarantine` has an entry without a test")
        if not _is_day(day):
            wrong = f'`quarantine`: "{day}" is no day, for {test}'
            raise _wrong(part, "quarantine", wrong, 'write it as "2027-01-31"')


def _is_day(text: str) -> bool:
    from datetime import date

    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _wrong(part: Part, field: str, wrong: str, hint: str = "") -> SettingsError:
    value = repr(getattr(part, field)).replace("'", '"')
    return complaint(f'cicd.{type(part).__name__}("{part.path}", {field}={value})', wrong, hint)
