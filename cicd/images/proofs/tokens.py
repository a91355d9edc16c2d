"""What a private key, a token and a password look like."""

from __future__ import annotations

import re
from dataclasses import dataclass

_KEY = re.compile(
    rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:\\r|\\n|\s)+"
    # Code that speaks of keys has the first line only.
    rb"(?:(?:Proc-Type|DEK-Info|Version|Comment):[^\n\\]*(?:\\n|\s)+)*[A-Za-z0-9+/=]{40}"
)


@dataclass(frozen=True, slots=True)
class _Form:
    """A kind of token. One of `starts` is in each of them: they are found ten times faster than
    the pattern, and in most files there is none."""

    kind: str
    starts: tuple[bytes, ...]
    pattern: re.Pattern[bytes]


def _form(kind: str, pattern: bytes, *starts: bytes) -> _Form:
    whole = rb"(?<![A-Za-z0-9_])" + pattern + rb"(?![A-Za-z0-9_])"
    return _Form(kind, starts, re.compile(whole))


_TOKENS = (
    _form("an AWS access key", rb"(?:AKIA|ASIA)[0-9A-Z]{16}", b"AKIA", b"ASIA"),
    _form(
        "a GitHub token",
        rb"gh[pousr]_[A-Za-z0-9]{36,251}",
        *(b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_"),
    ),
    _form("a GitHub token", rb"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}", b"github_pat_"),
    _form("a GitLab token", rb"glpat-[A-Za-z0-9_-]{20,}", b"glpat-"),
    _form("a Slack token", rb"xox[abeprs]-[0-9]{8,}-[A-Za-z0-9-]{10,}", b"xox"),
    _form(
        "a Slack webhook",
        rb"https://hooks\.slack\.com/services/T\w{8,}/B\w{8,}/\w{20,}",
        b"hooks.slack.com",
    ),
    _form("an npm token", rb"npm_[A-Za-z0-9]{36}", b"npm_"),
    _form("a PyPI token", rb"pypi-AgE[A-Za-z0-9_-]{50,}", b"pypi-AgE"),
    _form("a Stripe key", rb"[sr]k_live_[A-Za-z0-9]{24,}", b"k_live_"),
    _form("a SendGrid key", rb"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}", b"SG."),
    _form("an Anthropic key", rb"sk-ant-[a-z0-9]+-[A-Za-z0-9_-]{40,}", b"sk-ant-"),
    _form("an OpenAI key", rb"sk-(?:proj|svcacct)-[A-Za-z0-9_-]{40,}", b"sk-proj-", b"sk-svcacct-"),
)
_IN_URL = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@'\"]*:([^\s/:@'\"]+)@", re.IGNORECASE)
_ASSIGNED = re.compile(
    r"(?<![\w$-])([A-Za-z_][A-Za-z0-9_]*)=(\"[^\"]*\"|'[^']*'|[^\s\"';&|]*)", re.MULTILINE
)
_SECRET_NAME = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|PWD|PASSPHRASE|SECRET|SECRETS|TOKEN|AUTH_?TOKEN|API_?KEY|"
    r"(?:SECRET|PRIVATE|ACCESS|ENCRYPTION|SIGNING)_?(?:ACCESS_?)?KEY|CREDENTIALS)$",
    re.IGNORECASE,
)
_PUBLIC_NAME = re.compile(r"^(?:VITE|NEXT_PUBLIC|REACT_APP|NUXT_PUBLIC|EXPO_PUBLIC|GATSBY|PUBLIC)_")
_NO_VALUE = re.compile(
    r"^\W*$|\$|^<.*>$|^/|^\d{1,5}$|^(?:true|false|null|none|nil|undefined)$|x{4,}|\*{3,}|\.{3}|"
    r"change|dummy|example|fake|placeholder|insecure|unsafe|replace|your|todo|sample|collectstatic",
    re.IGNORECASE,
)
_STAND_INS = frozenset(
    "test testing dev development build ci local localhost default user app admin root postgres "
    "mysql mariadb redis rabbitmq guest minio unused unset temp tmp mock foo bar nothing none "
    "empty".split()
)
_BESIDE_THEM = frozenset("secret password pass token key my the a not so real only time".split())


def find_tokens(content: bytes) -> tuple[str, ...]:
    """The kinds of secrets that a text holds beyond doubt, each once; never the secret."""
    near = (form for form in _TOKENS if any(start in content for start in form.starts))
    found = [form.kind for form in near if any(map(_is_random, form.pattern.findall(content)))]
    keys = ["a private key"] if b"PRIVATE KEY" in content and _KEY.search(content) else []
    return tuple(dict.fromkeys((*keys, *found)))


def find_assignments(text: str) -> tuple[str, ...]:
    """The names in `NAME=value` that are called like a secret and are given one."""
    found = (
        match[1]
        for match in _ASSIGNED.finditer(text)
        if _SECRET_NAME.search(match[1])
        and not _PUBLIC_NAME.match(match[1])
        and not is_placeholder(match[2].strip("\"'"))
    )
    return tuple(dict.fromkeys(found))


def has_password_in_url(text: str) -> bool:
    """Whether an address in the text bears a password: `https://user:…@host`."""
    return any(not is_placeholder(word) for word in _IN_URL.findall(text))


def hide_tokens(text: str) -> str:
    """The text without the tokens, and the passwords in addresses, that are found in it."""
    for form in _TOKENS:
        text = form.pattern.sub("…".encode(), text.encode()).decode()
    return _IN_URL.sub(lambda match: match[0].replace(f":{match[1]}@", ":…@"), text)


def is_placeholder(value: str) -> bool:
    """Whether a value keeps the place of a secret: "changeme", "$TOKEN", "test-key"."""
    if _NO_VALUE.search(value):
        return True
    words = set(re.findall(r"[a-z]+|\d{5,}", value.lower()))
    return bool(words & _STAND_INS) and words <= _STAND_INS | _BESIDE_THEM


def _is_random(token: bytes) -> bool:
    """Documentation is full of tokens that end in EXAMPLE or in one letter thirty times."""
    return len(set(token[-16:])) >= 7 and b"EXAMPLE" not in token.upper()
