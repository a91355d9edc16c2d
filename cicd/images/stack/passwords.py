"""Passwords that a compose file asks of its environment, for a stack that nobody keeps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

_USED = re.compile(r"(?<!\$)\$\{?(?P<name>\w*(?:PASSWORD|SECRET_KEY)\w*)(?P<default>:?[-+?][^}]*)?")
_DATABASE = re.compile(r"(?:POSTGRES|PG|DB|DATABASE|MYSQL|MARIADB)\w*PASSWORD|\w*_DB_PASSWORD")
_SET = re.compile(r"^\s*(?:export\s+)?(\w+)\s*=", re.MULTILINE)


def open_passwords(text: str, dotenv: str, environ: Container[str]) -> tuple[str, ...]:
    """The passwords that a compose file cannot do without, and that nobody has set: neither the
    environment, nor the file `.env`, nor a default. Those are the ones of databases, and those
    that the file itself demands (`${ADMIN_PASSWORD:?}`)."""
    given = set(_SET.findall(dotenv))
    used = [(one["name"], (one["default"] or "").lstrip(":")) for one in _USED.finditer(text)]
    names = dict.fromkeys(
        name
        for name, default in used
        if default[:1] == "?" or (default in ("", "-") and _DATABASE.fullmatch(name))
    )
    return tuple(name for name in names if name not in environ and name not in given)
