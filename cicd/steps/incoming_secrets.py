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
    from collections.abc import Container, Iterator, Mapping

_IN_ADDRESS = re.compile(
    r"://(?P<user>[^/\s:@]*):(?P<password>[^/\s@]+)@"
    r"|https?://(?P<token>[^/\s:@]{16,}):?@"
    r"|(?:^|[?&;\s])(?P<field>password|passwd|pwd|AccountKey|SharedAccessKey)="
    r"(?P<given>[^&;#\s\"']+)",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(token|passw(or)?d|passphrase|secret|credentials?|webhook(_url)?|connection_?string"
    r"|(^|_)(pass|pwd|pat|key|auth|dsn))$",
    re.IGNORECASE,
)
"""Of what it ends in: `ACTIONS_ID_TOKEN_REQUEST_TOKEN` is a token, whatever it is asked for."""
_VALUE = re.compile(r"hooks\.slack\.com/services/|xapp-[\w-]{10,}|AccountKey=")
_WORD = re.compile(r"[A-Za-z][A-Za-z_-]{0,19}")
_PUBLIC = re.compile(r"(^|_)(public|publishable|site|cache)_", re.IGNORECASE)
_ASSIGNED = re.compile(r"^\s*(?:export\s+)?[A-Za-z_]\w*=[\"']?(.*?)[\"']?\s*$", re.MULTILINE)


def incoming_secrets(environ: Mapping[str, str], declared: Container[str] = ()) -> Iterator[Secret]:
    """The secrets of a job's environment: passwords in addresses, and what has the name or the
    form of a token, a key, a password. `declared` are variables that the noxfile calls secrets.

    Not a path, and no word that a variable without such a name says as well: hiding `bookshop`
    because a password is the database's name would take the word out of every report.
    """
    words = ((name, value) for name, value in environ.items() if _WORD.fullmatch(value))
    public = {value for name, value in words if not (name in declared or _is_secret(name, value))}
    for name, value in environ.items():
        for found in _IN_ADDRESS.finditer(value):
            yield from _of_address(found)
        known = name in declared or _VALUE.search(value)
        secret = known or _is_secret(name, _IN_ADDRESS.sub("", value))
        if secret and value not in public and not _is_plain(value):
            yield Secret(value)
            yield from _of_assignments(value)


def _is_secret(name: str, value: str) -> bool:
    named = _NAME.search(name) and not _PUBLIC.search(name)
    return bool(value) and bool(named or looks_secret(name, value))


def _of_address(found: re.Match[str]) -> Iterator[Secret]:
    """A password that is a common word is hidden where it stands as one."""
    password = found["password"] or found["token"] or found["given"]
    if password == found["user"] or is_common(password):
        yield Secret(f"{found['field']}={password}" if found["field"] else f":{password}@")
        return
    yield Secret(password)
    if unquote(password) != password:
        yield Secret(unquote(password))


def _of_assignments(text: str) -> Iterator[Secret]:
    """Of a whole `.env` in one secret: what its lines assign."""
    if "\n" in text.strip():
        for value in _ASSIGNED.findall(text):
            if not (_WORD.fullmatch(value) or "://" in value or _is_plain(value)):
                yield Secret(value)


def _is_plain(value: str) -> bool:
    return is_common(value) or (value[:1] in "/~" and os.path.exists(os.path.expanduser(value)))
