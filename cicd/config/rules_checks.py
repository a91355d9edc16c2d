"""Mistakes in the rules of a noxfile, found when it is loaded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cicd.config.complaint import complaint
from cicd.config.field_checks import is_kind, named_kind, strange_source
from cicd.config.known import FLAG, STRING, STRINGS, WHOLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.config.rules import Rules
    from cicd.errors import SettingsError

_KINDS = {
    "branch": STRING,
    "checks": STRINGS,
    "reviews": WHOLE,
    "linear_history": FLAG,
    "merge_queue": FLAG,
    "tags": STRINGS,
    "read_only_token": FLAG,
    "pinned_actions": FLAG,
    "repository": STRING,
    "token": STRING,
    "api": STRING,
}
_OF_THE_REPOSITORY = ("tags", "read_only_token", "pinned_actions", "repository", "token", "api")
_REPOSITORY = r"[A-Za-z0-9][A-Za-z0-9-]*/[\w.-]+"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def check_rules(given: Sequence[Rules]) -> None:
    """Raises `SettingsError` for the first thing that cannot be meant."""
    for rules in given:
        for field, kind in _KINDS.items():
            value = getattr(rules, field)
            if not is_kind(value, kind):
                wrong = f"`{field}` must be {kind}, not {named_kind(value)}"
                raise _wrong(rules, field, wrong)
        _check_values(rules)
        _check_token(rules)
    _check_together(given)


def is_safe_address(address: str) -> bool:
    """Whether a token may be sent there: HTTPS, or this machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    return safe and bool(parts.hostname) and not parts.username and not parts.query


def _check_values(rules: Rules) -> None:
    for field in ("branch", "tags"):
        for pattern in texts(getattr(rules, field)):
            if strange := _strange_pattern(pattern):
                raise _wrong(rules, field, f'`{field}`: "{pattern}" {strange}')
    for check in texts(rules.checks):
        if not check.strip() or check != check.strip():
            hint = 'it is what a pull request shows: "ci / ok"'
            raise _wrong(rules, "checks", f'`checks`: "{check}" is no name of a check', hint)
    if not 0 <= rules.reviews <= 10:
        raise _wrong(rules, "reviews", "`reviews` must lie between 0 and 10")
    if rules.merge_queue and not texts(rules.checks):
        wrong = "a merge queue without `checks` has nothing to wait for"
        raise _wrong(rules, "merge_queue", wrong)
    if rules.repository and not re.fullmatch(_REPOSITORY, rules.repository):
        wrong = f'`repository`: "{rules.repository}" is no repository'
        raise _wrong(rules, "repository", wrong, 'like "owner/name"')
    if rules.api and not is_safe_address(rules.api):
        hint = 'like "https://api.github.com" or "https://github.example.com/api/v3"'
        raise _wrong(rules, "api", "`api` must be an address that begins with https://", hint)


def _strange_pattern(pattern: str) -> str:
    if not pattern.strip():
        return "is empty"
    if pattern.startswith("refs/"):
        return f"is said without refs/: \"{pattern.split('/', 2)[-1]}\""
    return "holds a blank" if re.search(r"\s", pattern) else ""


def _check_token(rules: Rules) -> None:
    """A wrong source may be the token itself: it is not shown."""
    if strange := strange_source("token", rules.token or "nowhere"):
        raise complaint(f'cicd.Rules("{rules.branch}", token=…)', *strange)


def _check_together(given: Sequence[Rules]) -> None:
    for number, rules in enumerate(given):
        for other in given[:number]:
            if other.branch == rules.branch:
                raise _wrong(rules, "branch", f'two rules for the branch "{rules.branch}"')
            for field in _OF_THE_REPOSITORY:
                if getattr(other, field) != getattr(rules, field):
                    wrong = f'`{field}` is not the same as for "{other.branch}"'
                    raise _wrong(rules, field, wrong, "it is one for the whole repository")


def texts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """One or several, as several."""
    return (value,) if isinstance(value, str) else value


def _wrong(rules: Rules, field: str, wrong: str, hint: str = "") -> SettingsError:
    quoted = repr(getattr(rules, field)).replace("'", '"')
    first = repr(rules.branch).replace("'", '"')
    shown = "" if field == "branch" else f", {field}={quoted}"
    return complaint(f"cicd.Rules({first}{shown})", wrong, hint)
