"""What decides the verdict of a session, gathered while it goes on."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from cicd.config.parts import DISCOVER
from cicd.errors import CicdError
from cicd.records.decided import Decided

if TYPE_CHECKING:
    from cicd.steps.work import Work
    from cicd.system.content import Contents

Scope = Callable[["Work"], Iterable[str]]
"""Which files decide the verdict of a session."""
OURS = {"cicd": "nox-cicd", "nox": "nox", "uv": "uv"}
"""What every session runs through, each with the name of its package."""
_IRRELEVANT = frozenset(("path", "name", "workers", "shards"))
"""Fields that change where and how fast the work is done, and not what it finds."""
_OTHER_LIBC = "other"


@dataclass(slots=True)
class Noted:
    """Steps fill it in. A name that two parts of one session have holds the values of both."""

    versions: dict[str, str] = field(default_factory=dict)
    packages: dict[str, str] = field(default_factory=dict)
    database: dict[str, str] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    inputs: str = ""
    files: dict[str, str] = field(default_factory=dict)
    parts: list[tuple[str, str]] = field(default_factory=list)
    """Those whose options are noted, by kind and name: the session's own first."""


def note(known: dict[str, str], more: Mapping[str, str]) -> None:
    for name, value in more.items():
        held = known.get(name, value)
        known[name] = held if value in (held, *held.split(", ")) else f"{held}, {value}"


def note_part(work: Work, part: Any) -> None:
    """The fields of a part, all of which are found. Of mappings, the names: values may be
    nobody's business. Those of a second part have its name in front."""
    own = (type(part).__name__, str(part.name))
    if own not in work.noted.parts:
        work.noted.parts.append(own)
    prefix = "" if work.noted.parts[0] == own else f"{part.name}."
    options = {one.name: _shown(getattr(part, one.name)) for one in fields(part)}
    kept = {name: text for name, text in options.items() if text and name not in _IRRELEVANT}
    note(work.noted.options, {f"{prefix}{name}": text for name, text in kept.items()})


def _shown(value: object) -> str:
    if value is None or value is DISCOVER:
        return ""
    if isinstance(value, Mapping):
        return " ".join(sorted(value))
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def note_inputs(work: Work, scope: Scope | None, contents: Contents) -> None:
    """One key for the content of the files that decide: as they are before the work begins."""
    names: Iterable[str] = contents.ids
    with contextlib.suppress(CicdError):  # the session itself will say it
        names = scope(work) if scope else names
    names = frozenset(names)
    work.noted.inputs, work.noted.files = contents.key(names), contents.overview(names)


def decided(work: Work, facts: Mapping[str, str]) -> Decided:
    noted = work.noted
    versions = {name: facts[name] for name in OURS if name in facts}
    return Decided(
        arguments=work.arguments,
        strict=work.strict,
        versions={**versions, **noted.versions},
        packages=dict(sorted(noted.packages.items())),
        platform=read_platform(),
        database=noted.database,
        images=noted.images,
        options=noted.options,
        environment=tuple(sorted(work.environ)),
        inputs=noted.inputs,
        files=noted.files,
    )


def read_platform() -> dict[str, str]:
    """System, machine and C library: what compiled packages are made for."""
    import platform

    found = {"system": platform.system(), "machine": platform.machine(), "libc": _libc()}
    return {name: value for name, value in found.items() if value}


def _libc() -> str:
    """ "glibc 2.36"; "other" where none says so, as with musl and on macOS."""
    try:
        return os.confstr("CS_GNU_LIBC_VERSION") or _OTHER_LIBC
    except (AttributeError, ValueError, OSError):
        return _OTHER_LIBC
