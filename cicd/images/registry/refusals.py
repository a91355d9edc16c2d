"""What a registry's refusals mean, in words with a fix."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from cicd.errors import RemoteError

if TYPE_CHECKING:
    from cicd.images.registry.credentials import Credential

_LONGEST = 300
_HOW = {"ghcr.io": "  in a workflow: `permissions: packages: write`, and GITHUB_TOKEN in its `env`"}
_AGAIN = (408, 425, 429, 500, 502, 503, 504)
_FULL = re.compile(r"no space left|disk quota|quota exceeded|insufficient storage|disk full", re.I)
_PLAIN = re.compile(r"wrong.version.number|record.layer.failure|http.request", re.I)
_UNKNOWN_HOST = re.compile(r"name or service|name resolution|getaddrinfo|nodename", re.I)


class Unanswered(RemoteError):
    """A request that was not fulfilled. `passing`: the next attempt may be luckier, `asked_s`
    is how long the registry asks to be left alone. `detail` is what it said itself."""

    def __init__(
        self,
        message: str,
        *,
        fix: str = "",
        status: int = 0,
        detail: str = "",
        passing: bool = False,
        asked_s: float = 0.0,
    ) -> None:
        super().__init__(message, fix=fix)
        self.status, self.detail = status, detail
        self.passing, self.asked_s = passing, asked_s

    def after(self, attempts: int) -> Unanswered:
        """The same, with how often it was tried."""
        if attempts < 2:
            return self
        message = f"{self.message}; tried {attempts} times"
        return Unanswered(message, fix=self.fix, status=self.status, detail=self.detail)


def is_passing(status: int, detail: str) -> bool:
    """A disk that is full stays full, whatever code stands for it. A manifest is put after all
    that it names: what it names is unknown only while another push writes the same."""
    passes = status in _AGAIN or "MANIFEST_BLOB_UNKNOWN" in detail
    return passes and not _FULL.search(detail)


def explain_status(
    host: str, asked: str, status: int, text: str, who: Credential | None, asked_s: float
) -> Unanswered:
    """The refusal that an answer is."""
    detail = read_detail(text)
    says, fix = _meaning(host, status, detail, who)
    words = f": {detail}" if detail else ""
    return Unanswered(
        f"{host} {says} ({status}): {asked}{words}",
        fix=fix,
        status=status,
        detail=detail,
        passing=is_passing(status, detail),
        asked_s=asked_s,
    )


def _meaning(host: str, status: int, detail: str, who: Credential | None) -> tuple[str, str]:
    login = (
        _HOW.get(host) or f'  docker login {host}, or cicd.Registry("{host}", user=…, password=…)'
    )
    named = f"{who.user or 'the token'} (of {who.origin})" if who else "who gives no name"
    if status == 401:
        return (f"does not let in {named}" if who else "wants a login"), login
    if status == 403:
        return f"forbids this to {named}", "" if who and host not in _HOW else login
    if status in (413, 507) or _FULL.search(detail):
        return "is full, or this is too large for it", "  make room there, then once more"
    if status == 405 or (status == 400 and "UNSUPPORTED" in detail):
        return "does not offer this operation", ""
    return ("asks to send less" if status == 429 else "refused"), ""


def explain_break(host: str, asked: str, error: Exception) -> Unanswered:
    """What it means that no answer came."""
    text = str(error)
    if _PLAIN.search(text):
        fix = f'  if that is meant: cicd.Registry("{host}", insecure=True)'
        return Unanswered(f"{host} answers in plain HTTP, not in TLS", fix=fix)
    if "CERTIFICATE_VERIFY_FAILED" in text:
        fix = "  REQUESTS_CA_BUNDLE names the certificates to trust"
        return Unanswered(f"the certificate of {host} is not trusted", fix=fix)
    if _UNKNOWN_HOST.search(text):
        return Unanswered(f"{host}: there is no such host")
    if "onnection refused" in text:
        return Unanswered(f"nobody answers at {host}", passing=True)
    return Unanswered(f"{host} broke off ({_reason(text)}): {asked}", passing=True)


def _reason(text: str) -> str:
    known = {
        "Tunnel connection failed": "the proxy does not let it through",
        "timed out": "no answer in time",
        "reset by peer": "connection reset",
        "without response": "closed without an answer",
        "IncompleteRead": "the answer is not whole",
        "roken pipe": "connection closed",
    }
    return next((words for sign, words in known.items() if sign in text), "no connection")


def read_detail(text: str) -> str:
    """A registry's errors; of another program's page only the text."""
    try:
        said = "; ".join(_said(one) for one in json.loads(text)["errors"])
    except (ValueError, LookupError, TypeError, AttributeError):
        said = " ".join(re.sub(r"<style.*?</style>|<[^>]*>", " ", text, flags=re.S).split())
    return said[:_LONGEST]


def _said(error: dict[str, object]) -> str:
    words = (str(error.get(name) or "") for name in ("code", "message"))
    detail = error.get("detail")
    return ": ".join(filter(None, words)) + (f" ({json.dumps(detail)})" if detail else "")
