"""What GitHub's refusals mean, in words with a fix."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.errors import RemoteError

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 300
_AGAIN = (429, 500, 502, 503, 504)
TOKEN_NEEDED = (
    "  an administrator's token is needed: fine-grained, for this repository, with\n"
    "  Administration: write and Contents: read; or a classic one of an administrator, with repo;\n"
    "  the token that a workflow is given cannot do this"
)


class Refused(RemoteError):
    """A request that was not fulfilled. `passing`: the next attempt may be luckier, `asked_s`
    is how long GitHub asks to be left alone. `status` of 0: no answer came."""

    def __init__(
        self,
        message: str,
        *,
        fix: str = "",
        status: int = 0,
        passing: bool = False,
        asked_s: float = 0.0,
    ) -> None:
        super().__init__(message, fix=fix)
        self.status, self.passing, self.asked_s = status, passing, asked_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: a code, headers and text."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def asked_s(self) -> float:
        """Seconds of `Retry-After`, which GitHub never gives as a date."""
        value = self.headers.get("Retry-After", "")
        return float(value) if value.isdigit() else 0.0

    @property
    def too_many(self) -> bool:
        """GitHub says so with 403 as well:
        https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"""
        spent = self.headers.get("x-ratelimit-remaining") == "0"
        return self.status == 429 or (self.status == 403 and (spent or self.asked_s > 0))


def explain_answer(api: str, asked: str, token: str, answer: Answer) -> Refused:
    """The refusal that an answer is. `token` says where the token came from."""
    says, fix = _meaning(answer, token)
    detail = read_detail(answer.text)
    words = f": {detail}" if detail else ""
    return Refused(
        f"{api} {says} ({answer.status}): {asked}{words}",
        fix=fix,
        status=answer.status,
        passing=answer.status in _AGAIN or (answer.too_many and answer.asked_s > 0),
        asked_s=answer.asked_s,
    )


def _meaning(answer: Answer, token: str) -> tuple[str, str]:
    if answer.too_many:
        return "asks to send less", "  wait, then once more"
    if answer.status == 403 and "upgrade" in answer.text.lower():
        return "does not offer this to this repository", ""
    if answer.status == 401:
        return f"does not let in the token of {token}", TOKEN_NEEDED
    if answer.status == 403:
        return f"forbids this to the token of {token}", TOKEN_NEEDED
    if answer.status == 404:
        return f"does not show this to the token of {token}, or it is not there", TOKEN_NEEDED
    if 300 <= answer.status < 400:
        moved = "  the repository may have another name now: cicd.Rules(…, repository=…)"
        return "says that this has moved", moved
    if answer.status == 409:
        return "cannot do this here: the organisation may decide it", ""
    return "refused", ""


def explain_break(api: str, asked: str, error: Exception) -> Refused:
    """What it means that no answer came."""
    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text:
        fix = "  REQUESTS_CA_BUNDLE names the certificates to trust"
        return Refused(f"the certificate of {api} is not trusted", fix=fix)
    for signs, says in _BROKEN.items():
        if any(sign in text.lower() for sign in signs):
            return Refused(f"{api}: {says} ({asked})", passing=True)
    return Refused(f"{api}: no connection ({asked})", passing=True)


_BROKEN = {
    ("name or service", "name resolution", "getaddrinfo", "nodename"): "there is no such host",
    ("connection refused",): "nobody answers",
    ("tunnel connection failed", "proxy"): "the proxy does not let it through",
    ("timed out",): "no answer in time",
    ("reset by peer", "without response", "incompleteread"): "the connection broke off",
}


def read_detail(text: str) -> str:
    """GitHub's own words; of another program's page, the beginning."""
    try:
        said = json.loads(text)
        words = [said["message"], *(_said(one) for one in said.get("errors") or ())]
    except (ValueError, LookupError, TypeError, AttributeError):
        return " ".join(text.split())[:_LONGEST]
    return "; ".join(filter(None, map(str, words)))[:_LONGEST]


def _said(error: object) -> str:
    if not isinstance(error, dict):
        return str(error)
    words = (str(error.get(name) or "") for name in ("field", "message", "code"))
    return " ".join(filter(None, words))
