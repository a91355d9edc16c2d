"""Every form in which a project may read where its database is."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING

from cicd.errors import SettingsError
from cicd.model import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.database.port import Server

_SECRET = {"url", "password"}


def connection_env(
    server: Server, dbname: str, templates: Mapping[str, str], scheme: str = "postgresql"
) -> dict[str, str | Secret]:
    """The variables that lead a project to this database.

    `DATABASE_URL` begins with `scheme` ("postgresql+asyncpg"), libpq's own variables follow,
    and then `templates`, which win: their values may hold {url} {host} {port} {user}
    {password} {dbname}; `{{` and `}}` stand for braces. What holds a password is a Secret.
    Raises `SettingsError` for any other placeholder.
    """
    url = server.url(dbname, scheme)
    fields: dict[str, str | Secret] = {
        "url": url,
        "host": server.host,
        "port": str(server.port),
        "user": server.user,
        "password": server.password,
        "dbname": dbname,
    }
    return {
        "DATABASE_URL": url,
        **{f"PG{name.upper()}": fields[name] for name in ("host", "port", "user", "password")},
        "PGDATABASE": dbname,
        **{name: fill_template(name, text, fields) for name, text in templates.items()},
    }


def connection_secrets(server: Server) -> tuple[Secret, ...]:
    """What must never be seen: the password, as it is and as it stands in an address."""
    in_address = server.url("", "x").reveal().split(":", 2)[2].rpartition("@")[0]
    found = (server.password, Secret(in_address))
    return tuple(secret for secret in dict.fromkeys(found) if secret.reveal())


def fill_template(name: str, text: str, fields: Mapping[str, str | Secret]) -> str | Secret:
    """One value of `env`, with its placeholders filled; a Secret when it holds one."""
    filled, secret = "", False
    for literal, field in _parse_template(name, text):
        filled += literal
        if field is None:
            continue
        if field not in fields:
            raise _unknown(name, f"{{{field}}}", fields)
        value = fields[field]
        filled += value.reveal() if isinstance(value, Secret) else value
        secret = secret or field in _SECRET
    return Secret(filled) if secret else filled


def _parse_template(name: str, text: str) -> list[tuple[str, str | None]]:
    try:
        pieces = list(Formatter().parse(text))
    except ValueError as error:
        raise SettingsError(
            f'env: the value of "{name}" cannot be read: {error}',
            fix="write {{ and }} for braces that are meant as they are",
        ) from error
    return [
        (literal, None if field is None else _whole(field, spec, conversion))
        for literal, field, spec, conversion in pieces
    ]


def _whole(field: str, spec: str | None, conversion: str | None) -> str:
    """A placeholder as it is written; none of ours has anything but a name."""
    return "".join((field, f"!{conversion}" if conversion else "", f":{spec}" if spec else ""))


def _unknown(name: str, placeholder: str, fields: Mapping[str, str | Secret]) -> SettingsError:
    known = " ".join(f"{{{field}}}" for field in fields)
    return SettingsError(
        f'env: "{name}" holds {placeholder}, which is none of {known}',
        fix="write {{ and }} for braces that are meant as they are",
    )
