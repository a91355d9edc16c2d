"""The options of a session, as elements of its key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING

from cicd.cache.elements import digest
from cicd.model import Secret

if TYPE_CHECKING:
    from datetime import date

    from cicd.config.parts import Part
    from cicd.steps.subject import Subject

_LENGTH = 8
"""Long enough to tell two values apart, too short to prove what a value is."""


def option_elements(subject: Subject, part: Part, today: date, deciding: date) -> Mapping[str, str]:
    """Every field of the part, given or found, and what the session is told besides. Of the
    values of variables, digests: they may be nobody's business. `today` is the day here, and
    `deciding` the one by which a quarantine is over."""
    options = {f"option {one.name}": _shown(getattr(part, one.name)) for one in fields(part)}
    told = {"option python": subject.python, "option avoid": repr(subject.avoid)}
    return {**options, **told, **_of_the_day(part, today, deciding)}


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        items = sorted(value.items())
        return " ".join(f"{name}={digest(_plain(each), _LENGTH)}" for name, each in items)
    return digest(_plain(value), _LENGTH) if isinstance(value, Secret) else repr(value)


def _plain(value: object) -> str:
    return value.reveal() if isinstance(value, Secret) else str(value)


def _of_the_day(part: Part, today: date, deciding: date) -> dict[str, str]:
    """The day itself where the part says that it matters, and which tests decide again."""
    found = {"today": today.isoformat()} if part.reuse == "today" else {}
    if part.quarantine:
        over = sorted(name for name, day in part.quarantine.items() if day <= deciding.isoformat())
        found["quarantine that is over"] = repr(over)
    return found
