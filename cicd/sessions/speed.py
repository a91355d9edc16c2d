"""The sessions about verdicts that are reused, and `-- --why` on any other."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from nox import registry

from cicd.errors import SettingsError
from cicd.sessions.pipeline import CI, required_by_ci
from cicd.sessions.registry import is_plain, names_of, register_plain, subject_of
from cicd.sessions.selection import WHY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import nox

    from cicd.steps.reuse import Lookup


def register_speed() -> None:
    """Raises `SettingsError` for variables that say what cannot be meant: once, and before
    any session."""
    if any(name.startswith("CICD_CACHE") for name in os.environ):
        from cicd.cache.mode import read_mode, read_shared

        read_mode(os.environ)
        read_shared(os.environ)

    def why(session: nox.Session) -> None:
        _print_reasons(session)

    def cache(session: nox.Session) -> None:
        from cicd.steps.cache import tend_cache

        tend_cache(session)

    register_plain("why", why, "[-- SESSIONS]: why each would run, or would be reused")
    register_plain("cache", cache, "Verdicts that are kept; -- --prune, -- --clear")


def take_why(arguments: list[str]) -> bool:
    """Whether `--why` was asked; takes it out of what the session is given."""
    asked = WHY in arguments
    arguments[:] = [argument for argument in arguments if argument != WHY]
    return asked


def say_why(session: nox.Session, lookup: Lookup | None) -> None:
    from cicd.steps.why import explain
    from cicd.system.harmless import harmless

    reason = explain(lookup)
    how = "reused, " if reason.reused else "runs: "
    session.log(harmless(f"why: {how}{reason.text}"))


def _print_reasons(session: nox.Session) -> None:
    from cicd.sessions.standing import look_at
    from cicd.steps.why import explain
    from cicd.system.console import show

    asked = [name for name in session.posargs if name != WHY]
    keys = list(_bodies(asked or [CI]))
    to_run = {*required_by_ci(), *keys}
    width = max(map(len, keys), default=0)
    for key in keys:
        subject = subject_of(key)
        for name in names_of(key) if subject else (key,):
            found = look_at(name, subject, (), to_run.__contains__) if subject else None
            reason = explain(found)
            how = "would be reused, " if reason.reused else "runs: "
            show(f"  {name:<{width}}  {how}{reason.text}\n")


def _bodies(names: Iterable[str]) -> Iterator[str]:
    """Sessions that do something: behind one without a body those that it requires."""
    known = registry.get()
    seen: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name not in known:
            raise _unknown(name, known)
        if is_plain(name) and known[name].requires:
            waiting = [*known[name].requires, *waiting]
        else:
            seen[name] = None
    yield from seen


def _unknown(name: str, known: Iterable[str]) -> SettingsError:
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1)
    fix = f'did you mean "{close[0]}"?' if close else "`nox -l` lists them"
    return SettingsError(f"there is no session {name!r}", fix=fix)
