"""Which build arguments are secrets, by their names and by their values."""

from __future__ import annotations

import re

_NAME = re.compile(
    r"token|passw(or)?d|passphrase|secret|credential|(^|_)(pwd|pat)($|_)"
    r"|(^|_)(api|access|private|signing|ssh|auth)?keys?($|_)",
    re.I,
)
_PUBLIC = re.compile(r"(^|_)(public|publishable|site|file|path|id|name|url|version)($|_)", re.I)
_VALUE = re.compile(
    r"gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}"
    r"|sk_live_\w{10,}|npm_\w{30,}|pypi-\w{30,}|AIza[\w-]{30,}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\."
    r"|-----BEGIN [A-Z ]*PRIVATE KEY|://[^/\s:@]+:[^/\s@]+@"
)


def looks_secret(name: str, value: str) -> str:
    """Why this build argument is a secret, in a few words; "" when it is none."""
    if value and _VALUE.search(value):
        return f"the value of {name} looks like a secret"
    if value and _NAME.search(name) and not _PUBLIC.search(name):
        return f"{name} is a secret by its name"
    return ""


def secret_hint(name: str) -> str:
    """How the same value reaches a build without staying in the image."""
    own = name.lower()
    return f'give secrets={{"{own}": "env:{name}"}}, and RUN --mount=type=secret,id={own}'
