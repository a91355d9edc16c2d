"""Logs in where a registry asks for it.

https://distribution.github.io/distribution/spec/auth/token/
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from cicd.model import Secret

if TYPE_CHECKING:
    import requests

    from cicd.images.registry.credentials import Credential

_CLIENT = "nox-cicd"
_FIELD = re.compile(r'([A-Za-z]+)="([^"]*)"')


class Send(Protocol):
    """Sends a request to the server of tokens."""

    def __call__(self, method: str, url: str, **options: Any) -> requests.Response: ...


class Login:
    """What has been learnt of a registry: a name and password for all, or tokens by scope."""

    def __init__(self, credential: Credential | None, cover: Callable[[Secret], None]) -> None:
        self._credential, self._cover = credential, cover
        self._basic: Secret | None = None
        self._tokens: dict[tuple[str, ...], Secret] = {}

    def headers(self, scopes: tuple[str, ...]) -> Mapping[str, str]:
        token = self._basic or self._tokens.get(scopes)
        return {"Authorization": token.reveal()} if token else {}

    def answer(self, challenge: str, scopes: tuple[str, ...], send: Send) -> bool:
        """Does what the registry asks for; whether it is worth asking it again."""
        kind, _, rest = challenge.partition(" ")
        if kind.lower() == "basic" and self._credential and not self._basic:
            self._basic = self._covered(_basic(self._credential))
            return True
        fields = dict(_FIELD.findall(rest))
        if kind.lower() != "bearer" or "realm" not in fields:
            return False
        token = self._token(fields, scopes, send)
        if token:
            self._tokens[scopes] = self._covered(Secret(f"Bearer {token}"))
        return bool(token)

    def _token(self, fields: Mapping[str, str], scopes: tuple[str, ...], send: Send) -> str:
        wanted = scopes or tuple(filter(None, fields.get("scope", "").split(" ")))
        service = {"service": fields["service"]} if "service" in fields else {}
        one = self._credential
        if one and one.is_token:
            answer = send("POST", fields["realm"], data={**service, **_grant(one, wanted)})
        else:
            basic = {"Authorization": _basic(one).reveal()} if one else {}
            params = {**service, "scope": list(wanted)}
            answer = send("GET", fields["realm"], params=params, headers=basic)
        with answer:
            return _read_token(answer)

    def _covered(self, header: Secret) -> Secret:
        if self._credential:
            self._cover(self._credential.secret)
        self._cover(Secret(header.reveal().partition(" ")[2]))
        return header


def _basic(credential: Credential) -> Secret:
    pair = f"{credential.user}:{credential.secret.reveal()}".encode()
    return Secret(f"Basic {base64.b64encode(pair).decode()}")


def _grant(credential: Credential, scopes: tuple[str, ...]) -> dict[str, str]:
    return {
        "grant_type": "refresh_token",
        "refresh_token": credential.secret.reveal(),
        "client_id": _CLIENT,
        "scope": " ".join(scopes),
    }


def _read_token(answer: requests.Response) -> str:
    """Empty when the server of tokens refuses, for the registry's own words to stand."""
    if answer.status_code != 200:
        return ""
    try:
        values = answer.json()
        return str(values.get("token") or values.get("access_token") or "")
    except (ValueError, AttributeError):
        return ""
