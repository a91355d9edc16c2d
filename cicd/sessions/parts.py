"""The sessions of one part: which there are, and what each of them calls."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from cicd.config import resolve
from cicd.config.parts import Backend
from cicd.config.territory import others_below
from cicd.sessions.pipeline import CI
from cicd.sessions.registry import register, register_plain, require
from cicd.steps.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import nox

    from cicd.config.parts import Frontend, Part
    from cicd.steps.noting import Scope
    from cicd.steps.work import Work
    from cicd.tree import Tree

    Body = Callable[[nox.Session], object]

_BACKEND = {
    "format": ("formatter", "The formatters agree with every file"),
    "lint": ("linter", "The linters find nothing"),
    "types": ("types", "The type checkers find nothing"),
    "migrations": ("migrations", "One head; up from nothing, in step with the models, down and up"),
    "test": ("tests", "The tests, on a real, migrated PostgreSQL where the part has one"),
}
_READING = ("format", "lint", "types")
_FRONTEND = {
    "format": ("format", "The formatter agrees with every file"),
    "lint": ("lint", "The linter finds nothing"),
    "types": ("types", "The type checker finds nothing"),
    "test": ("test", "The tests, with coverage"),
    "build": ("build", "The production build"),
}


def register_parts(tree: Tree, parts: Sequence[Part]) -> None:
    """Registers the sessions of all parts, and makes `ci` require them.

    They are required in turns: with two jobs, two parts go forward at the same time,
    while two sessions of one part would wait for the same installation.
    """
    names = [_register_part(tree, part, parts) for part in parts]
    require(CI, [name for turn in zip_longest(*names) for name in turn if name])


def _register_part(tree: Tree, part: Part, parts: Sequence[Part]) -> list[str]:
    """Registers the sessions of the verbs that this part has work for; returns those that judge.

    The tools of one part leave the folders of the others alone.
    """
    avoid = others_below(part, parts)
    scope = _scope(part, parts)
    verbs = _BACKEND if isinstance(part, Backend) else _FRONTEND
    return [
        name
        for verb, (field, description) in verbs.items()
        if resolve.field(tree, part, field)
        for name in _register_verb(tree, part, tuple(parts), verb, description, avoid, scope)
    ]


def _register_verb(
    tree: Tree,
    part: Part,
    parts: tuple[Part, ...],
    verb: str,
    description: str,
    avoid: tuple[str, ...],
    scope: Scope,
) -> list[str]:
    options = {"avoid": avoid} if isinstance(part, Backend) and verb in _READING else {}
    name, owner = f"{part.name}_{verb}", str(part.name)
    versions = _versions(tree, part) if verb == "test" else ()
    if not versions:
        body = _body(part, verb, **options)
        subject = Subject(session=name, verb=verb, part=part, parts=parts, avoid=avoid)
        register(name, body, description, part=owner, verb=verb, scope=scope, subject=subject)
        return [name]
    each = [f"{name}_py{version.replace('.', '')}" for version in versions]
    for version, own in zip(versions, each, strict=True):
        body = _body(part, verb, python=version)
        said = f"{description}; Python {version}"
        subject = Subject(session=own, verb=verb, part=part, parts=parts, python=version)
        register(own, body, said, part=owner, verb=verb, scope=scope, subject=subject)
    register_plain(name, _nothing, f"{description}; every version", requires=each)
    return each


def _nothing(session: nox.Session) -> None:
    """The sessions that are required do the work, and judge it."""


def _versions(tree: Tree, part: Part) -> tuple[str, ...]:
    """The Python versions that get a session each: none of them when there is only one."""
    if not isinstance(part, Backend):
        return ()
    pythons = resolve.field(tree, part, "pythons")
    return tuple(pythons) if isinstance(pythons, tuple) and len(pythons) > 1 else ()


def _scope(part: Part, parts: Sequence[Part]) -> Scope:
    def scope(work: Work) -> Iterable[str]:
        from cicd.config.inputs import part_inputs

        return part_inputs(work.tree, part, parts)

    return scope


def _body(part: Backend | Frontend, verb: str, **options: object) -> Body:
    def body(session: nox.Session) -> object:
        from importlib import import_module

        step = getattr(import_module("cicd.steps"), verb)
        return step(session, part, **options)

    return body
