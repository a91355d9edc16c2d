"""The values of a part's fields: their types, names of tools, bounds and placeholders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cicd.config.complaint import complaint, meant
from cicd.config.flaky_checks import check_flaky_fields
from cicd.config.known import (
    ABSENT,
    BACKEND,
    FLAG,
    FRONTEND,
    MAPPING,
    NUMBER,
    PLACEHOLDERS,
    RUNNERS,
    STRING,
    STRINGS,
    TOOLS,
    WHOLE,
)
from cicd.config.parts import DISCOVER, Backend
from cicd.config.reuse_checks import check_reuse_fields

if TYPE_CHECKING:
    from cicd.config.parts import Part
    from cicd.errors import SettingsError

_SOURCE = r"(?s:env:[A-Za-z_]\w*|file:.+|cmd:.+)"


def check_fields(part: Part) -> None:
    """Raises `SettingsError` for the first field that holds what it cannot."""
    for field, kind in (BACKEND if isinstance(part, Backend) else FRONTEND).items():
        value = getattr(part, field)
        if value is DISCOVER or (value is None and field in ABSENT):
            continue
        if not is_kind(value, kind):
            also = " or None" if field in ABSENT else ""
            raise _wrong(part, field, f"`{field}` must be {kind}{also}, not {named_kind(value)}")
        _check_value(part, field, value)
    check_flaky_fields(part)
    check_reuse_fields(part)
    if isinstance(part, Backend):
        _check_workers(part)


def _check_value(part: Part, field: str, value: object) -> None:
    if field in TOOLS and (isinstance(part, Backend) or field == "package_manager"):
        for name in (value,) if isinstance(value, str) else _strings(value):
            _check_choice(part, field, name, TOOLS[field])
    elif field in RUNNERS and isinstance(value, str):
        _check_choice(part, field, value, RUNNERS[field])
    elif field == "env" and isinstance(value, Mapping):
        if strange := strange_placeholder(value):
            raise _wrong(part, field, *strange)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        _check_number(part, field, value)
    elif isinstance(value, tuple) and not value and not isinstance(part, Backend):
        raise _wrong(part, field, f"`{field}` is an empty command", "None leaves it out")
    else:
        _check_version(part, field, value)


def _check_choice(part: Part, field: str, name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        close = meant(name, known)
        hint = f'did you mean "{close}"?' if close else f"it can be: {', '.join(known)}"
        raise _wrong(part, field, f'`{field}` cannot be "{name}"', hint)


def strange_placeholder(env: Mapping[str, str]) -> tuple[str, str] | None:
    """What is wrong with the first word in braces that is none of the database's, and a hint."""
    for name, value in env.items():
        for word in re.findall(r"\{(\w+)\}", value):
            if word not in PLACEHOLDERS:
                close = meant(word, PLACEHOLDERS)
                listed = " ".join(f"{{{each}}}" for each in PLACEHOLDERS)
                hint = f"did you mean {{{close}}}?" if close else f"there are {listed}"
                return f"`env`: {name} holds {{{word}}}", hint
    return None


def strange_source(field: str, source: str) -> tuple[str, str] | None:
    """What is wrong with a text that should say where a secret is, and a hint.

    It may be the secret itself: it is not in what is returned.
    """
    if not source or re.fullmatch(_SOURCE, source):
        return None
    wrong = f"`{field}` says where a secret is, not what it is"
    return wrong, 'write "env:NAME", "file:path" or "cmd:command"'


def _check_number(part: Part, field: str, value: float) -> None:
    if field.endswith("_percent") and not 0 <= value <= 100:
        raise _wrong(part, field, f"`{field}` must lie between 0 and 100")
    if field.endswith("_s") and not value > 0:
        raise _wrong(part, field, f"`{field}` must be above 0 seconds")
    if field == "shards":
        _check_shards(part, value)


def _check_shards(part: Part, value: float) -> None:
    if value < 1:
        raise _wrong(part, "shards", "`shards` must be a number from 1 on")
    if value > 1 and isinstance(part, Backend) and isinstance(part.tests, tuple):
        hint = "only pytest, django and unittest can be divided"
        raise _wrong(part, "shards", "`tests` is a command of your own, which runs all", hint)


def _check_version(part: Part, field: str, value: object) -> None:
    if field == "pythons":
        for version in (value,) if isinstance(value, str) else _strings(value):
            if not re.fullmatch(r"3\.\d{1,2}t?", version):
                raise _wrong(
                    part, field, f'`{field}`: "{version}" is no Python version', 'like "3.13"'
                )
    if field == "postgres" and not re.fullmatch(r"[1-9]\d", str(value)):
        hint = 'it is a major version from 10 on, like "15"'
        raise _wrong(part, field, f'`{field}` cannot be "{value}"', hint)
    if (
        field == "node"
        and isinstance(value, str)
        and not re.search(r"\d|^(lts.*|node|\*|)$", value)
    ):
        raise _wrong(part, field, f'`{field}`: "{value}" is no Node version', 'like "20" or ">=20"')


def _check_workers(part: Backend) -> None:
    number = isinstance(part.workers, int) and not isinstance(part.workers, bool)
    if part.workers != "auto" and not (number and int(part.workers) >= 1):
        raise _wrong(part, "workers", '`workers` must be "auto" or a number from 1 on')


def is_kind(value: object, kind: str) -> bool:
    """Whether a value is what `cicd.config.known` says of its field."""
    if kind == STRINGS and isinstance(value, tuple):
        return all(isinstance(each, str) for each in value)
    if kind == MAPPING:
        return isinstance(value, Mapping) and all(
            isinstance(t, str) for e in value.items() for t in e
        )
    if kind == WHOLE:
        return type(value) is int
    if kind == NUMBER:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return (
        isinstance(value, bool if kind == FLAG else str) if kind != STRING else type(value) is str
    )


def _strings(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def named_kind(value: object) -> str:
    """What a value is, in the words of a person."""
    return {"NoneType": "None"}.get(type(value).__name__, f"a {type(value).__name__}")


def _wrong(part: Part, field: str, wrong: str, hint: str = "") -> SettingsError:
    value = repr(getattr(part, field)).replace("'", '"')
    return complaint(f'cicd.{type(part).__name__}("{part.path}", {field}={value})', wrong, hint)
