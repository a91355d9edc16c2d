"""The key of a session: every element that can change its verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from cicd.cache.elements import Elements, Unknown, digest
from cicd.config.files import files_of, folder_of
from cicd.config.parts import Frontend
from cicd.config.quarantine import quarantine_day
from cicd.steps.fingerprint.database import database_elements
from cicd.steps.fingerprint.options import option_elements
from cicd.steps.fingerprint.ours import our_elements
from cicd.steps.fingerprint.outside import outside_elements, searched_names
from cicd.steps.fingerprint.remembered import remembered
from cicd.steps.fingerprint.resolved import resolve_part
from cicd.steps.fingerprint.tools import tool_elements
from cicd.steps.fingerprint.unlisted import (
    around_elements,
    ignored_elements,
    read_names,
    unlisted_elements,
)
from cicd.steps.fingerprint.variables import variable_elements

if TYPE_CHECKING:
    from cicd.config.inputs import Inputs
    from cicd.config.parts import Part
    from cicd.steps.snapshot import Snapshot
    from cicd.steps.subject import Subject

_TOLD = 3


def fingerprint(
    snapshot: Snapshot, subject: Subject, arguments: Sequence[str]
) -> Elements | Unknown:
    """What the verdict hangs on, as far as it can be known without running anything of the
    project. Raises `SettingsError` for a part that cannot be resolved."""
    values: dict[str, str] = {}
    unknown: dict[str, None] = {}
    for prefix, found in _elements(snapshot, subject, arguments):
        known = found.known if isinstance(found, Unknown) else found
        values.update({f"{prefix}{name}": value for name, value in known.items()})
        if isinstance(found, Unknown):
            unknown[found.reason] = None
    return Unknown("; ".join(unknown), values) if unknown else Elements(values)


def input_names(snapshot: Snapshot, subject: Subject) -> frozenset[str]:
    """The files whose content decides the verdict, as far as git lists them."""
    if subject.part is None:
        return frozenset(snapshot.contents.ids)
    return _inputs_of(snapshot, subject.part, subject.parts)


def _inputs_of(snapshot: Snapshot, part: Part, parts: Sequence[Part]) -> frozenset[str]:
    return _found_of(snapshot, part, parts).files


def _found_of(snapshot: Snapshot, part: Part, parts: Sequence[Part]) -> Inputs:
    def make() -> tuple[Part, Inputs]:
        from cicd.config.inputs import find_inputs

        found = find_inputs(snapshot.tree, part, parts)
        imported = _imported(snapshot, part, parts, found.files)
        more = (*read_names(snapshot, part), *searched_names(snapshot, part), *imported)
        return part, found._replace(files=found.files.union(more))

    return snapshot.once(("inputs", id(part)), make)[1]


def _imported(
    snapshot: Snapshot, part: Part, parts: Sequence[Part], inputs: frozenset[str]
) -> Iterable[str]:
    """Each of its sources is read for it, so it is done once."""
    if not isinstance(part, Frontend):
        return ()

    def find() -> tuple[str, ...]:
        from cicd.config.imports import imported_beside

        found = imported_beside(files_of(snapshot.tree), folder_of(part.path), inputs)
        return tuple(sorted(found))

    given = f"{part.path} {sorted(each.path for each in parts)}"
    names: tuple[str, ...] = remembered(snapshot, "imports", given, find)
    return names


_Found = tuple[str, Mapping[str, str] | Unknown]


def _elements(snapshot: Snapshot, subject: Subject, arguments: Sequence[str]) -> Iterator[_Found]:
    told = {"session": subject.session, "arguments": _told(arguments)}
    yield "", {**told, "noxfile": snapshot.noxfile}
    yield "", _inputs(snapshot, subject)
    yield "", snapshot.once("ours", our_elements)
    environ, root = snapshot.environ, snapshot.root
    yield "", snapshot.once("variables", lambda: variable_elements(environ, root))
    yield "", snapshot.once("around", lambda: around_elements(snapshot))
    if subject.part is None:
        yield "", _ignored(snapshot, subject.parts)
    for each in subject.parts if subject.part is None else (subject.part,):
        part = resolve_part(snapshot, each)
        prefix = f"{part.name}:"
        yield prefix, option_elements(subject, part, date.today(), quarantine_day())
        yield prefix, _unlisted(snapshot, each, subject.parts)
        yield prefix, _outside(snapshot, each, subject.parts)
        yield prefix, tool_elements(snapshot, subject, part)
        yield prefix, database_elements(snapshot, subject, part)


def _unlisted(snapshot: Snapshot, part: Part, parts: Sequence[Part]) -> Mapping[str, str] | Unknown:
    def find() -> tuple[Part, Mapping[str, str] | Unknown]:
        inputs = _inputs_of(snapshot, part, parts)
        return part, unlisted_elements(snapshot, resolve_part(snapshot, part), inputs)

    return snapshot.once(("unlisted", id(part)), find)[1]


def _ignored(snapshot: Snapshot, parts: Sequence[Part]) -> Mapping[str, str] | Unknown:
    """What git ignores in the repository, and no part has counted."""
    found = snapshot.once("ignored", lambda: ignored_elements(snapshot))
    if isinstance(found, Unknown):
        return found
    counted = set[str]()
    for part in parts:
        unlisted = _unlisted(snapshot, part, parts)
        counted.update(unlisted.known if isinstance(unlisted, Unknown) else unlisted)
    return {name: value for name, value in found.items() if name not in counted}


def _outside(snapshot: Snapshot, part: Part, parts: Sequence[Part]) -> Mapping[str, str] | Unknown:
    def find() -> tuple[Part, Mapping[str, str] | Unknown]:
        named = _found_of(snapshot, part, parts).outside
        return part, outside_elements(snapshot, part, named)

    return snapshot.once(("outside of", id(part)), find)[1]


def _told(arguments: Sequence[str]) -> str:
    """A digest: one of them may be a password."""
    return digest("\0".join(arguments), 8) if arguments else ""


def _inputs(snapshot: Snapshot, subject: Subject) -> Mapping[str, str] | Unknown:
    if subject.part is not None and subject.part.reuse is False:
        return Unknown(f"reuse=False: {subject.session} always runs")
    contents = snapshot.contents
    if contents.unlisted:
        return Unknown(f"git does not list the files here: {contents.unlisted}")
    names = input_names(snapshot, subject)
    if unread := sorted(name for name in contents.unread if name in names)[:_TOLD]:
        return Unknown("; ".join(f"{name}: {contents.unread[name]}" for name in unread))
    key = snapshot.once(("key", id(subject.part)), lambda: (subject.part, contents.key(names)))[1]
    return {"inputs": key}
