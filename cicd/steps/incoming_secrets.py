"""What comes into a run as a secret: known by the names and the values of variables."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from cicd.config.build_secrets import looks_secret
from cicd.model import Secret
from cicd.system.masking import is_common

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_IN_ADDRESS = re.compile(r"://(?P<user>[^/\s:@]*):(?P<password>[^/\s@]+)@")
_NAME = re.compile(
    r"(token|passw(or)?d|passphrase|secret|credentials?|(^|_)(pass|pwd|pat|key))$", re.IGNORECASE
)
"""Of what it ends in: `ACTIONS_ID_TOKEN_REQUEST_TOKEN` is a token, whatever it is asked for."""
_WORD = re.compile(r"[A-Za-z][A-Za-z_-]{0,19}")
_PUBLIC = re.compile(r"(^|_)(public|publishable|site|cache)_", re.IGNORECASE)


def incoming_secrets(environ: Mapping[str, str]) -> Iterator[Secret]:
    """The secrets of a job's environment: passwords in addresses, and what has the name or the
    form of a token, a key, a password.

    Not a path, and no word that a variable without such a name says as well: hiding `bookshop`
    because a password is the database's name would take the word out of every report.
    """
    words = ((name, value) for name, value in environ.items() if _WORD.fullmatch(value))
    public = {value for name, value in words if not _is_secret(name, value)}
    for name, value in environ.items():
        if addresses := list(_IN_ADDRESS.finditer(value)):
            for found in addresses:
                yield from _of_address(found["user"], found["password"])
        elif _is_secret(name, value) and value not in public and not _is_plain(value):
            yield Secret(value)


def _is_secret(name: str, value: str) -> bool:
    named = _NAME.search(name) and not _PUBLIC.search(name)
    return bool(value) and bool(named or looks_secret(name, value))


def _of_address(user: str, password: str) -> Iterator[Secret]:
    """A password that is a common word is hidden where it stands as one."""
    if password == user or is_common(password):
        yield Secret(f":{password}@")
        return
    yield Secret(password)
    if unquote(password) != password:
        yield Secret(unquote(password))


def _is_plain(value: str) -> bool:
    return is_common(value) or (value[:1] in "/~" and os.path.exists(os.path.expanduser(value)))
