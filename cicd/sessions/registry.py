"""Registers sessions with nox, and changes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import nox
from nox import registry

from cicd.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from nox._decorators import Func

    from cicd.steps.noting import Scope
    from cicd.steps.subject import Subject

    Body = Callable[[nox.Session], object]

OWN_ENVIRONMENT = "uv|virtualenv"
"""For sessions that a noxfile writes; ours bring the environment of their part."""
_NAME = re.compile(r"\w[\w.-]*")
_SUBJECTS: dict[str, Subject] = {}
_PLAIN: set[str] = set()
_OURS: set[str] = set()


def register(
    name: str,
    body: Body,
    description: str,
    *,
    part: str = "",
    verb: str = "",
    scope: Scope | None = None,
    subject: Subject | None = None,
    **options: Any,
) -> None:
    """Registers a session that judges; `options` go to `nox.session` as they are.

    `scope` tells which files decide its verdict; without it every file of the repository may.
    With a `subject` a verdict may be reused, without one it always runs.
    """
    tags = [tag for tag in (part, verb) if tag]
    if subject:
        _SUBJECTS[name] = subject
    defaults = {"tags": tags, "allow_parallel": True}
    _register(name, _judged(body, part, verb, scope, subject), description, {**defaults, **options})


def register_plain(name: str, body: Body, description: str, **options: Any) -> None:
    """Registers a session without a verdict of its own, such as `ci` and `doctor`."""

    def run(session: nox.Session) -> None:
        from cicd.sessions.boundary import run_plain

        run_plain(session, body)

    _register(name, run, description, options)
    _PLAIN.add(name)


def find(name: str, *, asked_by: str) -> Func:
    """The registered session. Raises `SettingsError` that suggests one of a similar name."""
    sessions = registry.get()
    if name in sessions:
        return sessions[name]
    from difflib import get_close_matches

    close = get_close_matches(name, sessions, n=1)
    fix = f'  did you mean "{close[0]}"?' if close else f"  there are: {', '.join(sessions)}"
    raise SettingsError(f'noxfile.py: {asked_by}("{name}")\n  there is no such session', fix=fix)


def subject_of(name: str) -> Subject | None:
    """What this session judges; None for one that always runs."""
    return _SUBJECTS.get(name)


def is_known(name: str) -> bool:
    """Whether it was registered here: of others nobody knows what they do."""
    return name in _OURS


def is_plain(name: str) -> bool:
    """Whether it is one of ours that judges nothing itself, and leaves nothing to be used."""
    return name in _PLAIN


def replace(name: str, body: Body, subject: Subject | None = None, **options: Any) -> None:
    """Gives a registered session another body, and nox's default environment.

    Raises `SettingsError` for an option that `nox.session` does not have.
    """
    session = registry.get()[name]
    for option in options:
        if option not in vars(session) or option in ("func", "name"):
            raise SettingsError(f'noxfile.py: project.replace("{name}"): no option {option!r}')
    part, verb = (*session.tags, "", "")[:2]
    description = body.__doc__ or session.func.__doc__
    session.func = _judged(body, part, verb, subject=subject)
    _PLAIN.discard(name)
    _SUBJECTS.pop(name, None)
    if subject:
        _SUBJECTS[name] = subject
    session.func.__doc__ = session.__doc__ = description
    for option, value in {"venv_backend": OWN_ENVIRONMENT, **options}.items():
        setattr(session, option, value)


def remove(name: str) -> None:
    """Takes a session out of nox, and out of what other sessions require."""
    # nox can register and list, and has no public way to take back.
    del registry._REGISTRY[name]
    for known in (_OURS, _PLAIN):
        known.discard(name)
    _SUBJECTS.pop(name, None)
    for session in registry.get().values():
        session.requires = [other for other in session.requires if other != name]


def names_of(name: str) -> tuple[str, ...]:
    """The names under which nox runs it, and it is recorded: with several Python versions each
    has its own. nox has by now taken the versions away where there is no environment."""
    session = registry.get().get(name)
    versions = session.python if session else None
    if isinstance(versions, str) or not isinstance(versions, Iterable):
        return (name,)
    return tuple(f"{name}-{version}" for version in dict.fromkeys(versions))


def all_names() -> tuple[str, ...]:
    """What nox can be asked for; sessions with parameters without these."""
    found = []
    for name, session in registry.get().items():
        found += [name, *names_of(name)]
        if isinstance(session.python, str):
            found.append(f"{name}-{session.python}")
        for one in getattr(session, "parametrize", ()):
            found += [f"{name}-{version}" for version in [one.call_spec.get("python")] if version]
    return tuple(dict.fromkeys(found))


def requirements() -> dict[str, tuple[str, ...]]:
    """What nox runs before each session, by the names under which they are recorded."""
    return {
        name: tuple(other for each in session.requires for other in names_of(each))
        for key, session in registry.get().items()
        for name in names_of(key)
    }


def require(name: str, others: Iterable[str]) -> None:
    """Makes `name` run after `others`."""
    session = registry.get()[name]
    session.requires = list(dict.fromkeys((*session.requires, *others)))


def _judged(
    body: Body,
    part: str,
    verb: str,
    scope: Scope | None = None,
    subject: Subject | None = None,
) -> Body:
    # A function and not a callable object: nox copies sessions by their `__code__`.
    def run(session: nox.Session) -> None:
        from cicd.sessions.speed import say_why, take_why

        lookup, why = None, take_why(session.posargs)
        if subject:
            from cicd.sessions.reusing import look, stand_in

            lookup = look(session, subject)
            if why:
                say_why(session, lookup)
            if lookup and stand_in(session, lookup):
                return
        elif why:
            say_why(session, None)
        from cicd.sessions.boundary import run_judged

        run_judged(session, body, part=part, verb=verb, scope=scope, lookup=lookup)

    return run


def _register(name: str, run: Body, description: str, options: dict[str, Any]) -> None:
    if name in registry.get():
        raise SettingsError(f"noxfile.py: there is a session {name!r} already")
    if not _NAME.fullmatch(name):
        raise SettingsError(
            f"noxfile.py: {name!r} cannot be the name of a session: its record is a file",
            fix="use letters, digits, `_`, `-` and `.`, and begin with a letter or a digit",
        )
    run.__doc__ = description
    _OURS.add(name)
    defaults = {"venv_backend": "none", "default": False}
    try:
        nox.session(name=name, **{**defaults, **options})(run)
    except TypeError as error:
        raise SettingsError(f"noxfile.py: the session {name!r}: {error}") from error
