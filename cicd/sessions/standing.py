"""Which verdicts may stand for a run, given whose output the sessions use."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from nox import registry

from cicd.cache.elements import Unknown
from cicd.sessions.pipeline import CI
from cicd.sessions.registry import is_plain, subject_of
from cicd.sessions.selection import installs_otherwise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cicd.steps.reuse import Lookup
    from cicd.steps.subject import Subject


def look_at(
    name: str, subject: Subject, arguments: Sequence[str], is_to_run: Callable[[str], bool]
) -> Lookup | None:
    """What is known of the session that is recorded as `name`. Its verdict is not reused when
    one that uses its output is going to run. None where nothing may be kept of it either."""
    from cicd.steps.reuse import look_up

    if subject.part is None and installs_otherwise(sys.argv[1:]):
        return None
    complete = _complete(subject._replace(session=name), subject.session, ())
    if isinstance(complete, Unknown):
        return None
    lookup = look_up(complete, arguments)
    for user in _users_of(subject.session) if lookup.entry else ():
        if is_to_run(user) and _runs(user, arguments, is_to_run):
            return replace(lookup, entry=None, why_not=f"{user}, which requires it, runs")
    return lookup


def _runs(name: str, arguments: Sequence[str], is_to_run: Callable[[str], bool]) -> bool:
    subject = subject_of(name)
    found = look_at(name, subject, arguments, is_to_run) if subject else None
    return found is None or found.entry is None


def _users_of(name: str) -> Iterator[str]:
    """The sessions that run after it and may use what it leaves. `ci` uses verdicts alone."""
    for other, session in registry.get().items():
        if other != CI and name in session.requires:
            if is_plain(other):
                yield from _users_of(other)
            else:
                yield other


def _complete(subject: Subject, name: str, above: tuple[str, ...]) -> Subject | Unknown:
    """The subject with those of the sessions whose output it may use."""
    session = registry.get().get(name)
    found = []
    for other in _used_by(session.requires if session else (), (*above, name)):
        theirs = subject_of(other)
        one = _complete(theirs, other, (*above, name)) if theirs else Unknown(other)
        if isinstance(one, Unknown):
            return one
        found.append(one)
    return subject._replace(requires=tuple(found)) if found else subject


def _used_by(names: Sequence[str], above: tuple[str, ...]) -> Iterator[str]:
    """Those that are required, and behind one without a body those that it requires. nox itself
    says when they go in a circle."""
    known = registry.get()
    for name in names:
        if name not in above and name in known:
            if is_plain(name):
                yield from _used_by(known[name].requires, (*above, name))
            else:
                yield name
