"""What decided the verdict of a session, so that two runs can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from cicd.records.field_types import check_types

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Everything by its name. What a session has none of, or did not come to, is empty."""

    arguments: tuple[str, ...] = ()
    """What the user wrote after `--`."""
    strict: bool = False
    """Whether `CI` was set: what cannot be verified is an error then."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """cicd, nox, uv; python with its implementation; node and its package manager."""
    packages: Mapping[str, str] = field(default_factory=dict)
    """Every package of the Python environment; the direct ones of a Node package."""
    platform: Mapping[str, str] = field(default_factory=dict)
    """system, machine, libc."""
    database: Mapping[str, str] = field(default_factory=dict)
    """version, provider, locale, and the digest of its image."""
    images: Mapping[str, str] = field(default_factory=dict)
    """Base images with their digests."""
    options: Mapping[str, str] = field(default_factory=dict)
    """The fields of the part, given or found; of variables the names."""
    environment: tuple[str, ...] = ()
    """Names of the variables that the session's commands were given."""
    inputs: str = ""
    """One key for the content of the session's files."""
    files: Mapping[str, str] = field(default_factory=dict)
    """A short key for each of them, or for folders where they are many."""


def parse_decided(values: dict[str, Any]) -> Decided:
    """The reverse of `asdict`; a later version may add fields. Raises `TypeError`."""
    check_types(Decided, values)
    names = {one.name for one in fields(Decided)}
    known = {name: value for name, value in values.items() if name in names}
    lists: dict[str, Any] = {
        name: tuple(known[name]) for name in ("arguments", "environment") if name in known
    }
    return Decided(**{**known, **lists})


def mask_decided(decided: Decided, mask: Callable[[str], str]) -> Decided:
    """What somebody wrote is masked; what programs compare is not."""
    return replace(
        decided,
        arguments=tuple(map(mask, decided.arguments)),
        options={name: mask(text) for name, text in decided.options.items()},
    )
