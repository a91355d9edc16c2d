"""What a session of ours judges: enough to know its key without running it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cicd.config.parts import Part


NEVER_REUSED = ("image", "stack", "push", "promote", "prune")
"""Verbs of what builds and publishes: these are not checks alone."""


class Subject(NamedTuple):
    """`part` is None for a session of somebody's own that may be reused: all of the repository,
    and every part's tools, decide it. `python` is one of several versions, `avoid` are folders
    of other parts that the tools leave alone, `requires` the sessions whose output it may use."""

    session: str
    verb: str
    part: Part | None
    parts: tuple[Part, ...]
    python: str = ""
    avoid: tuple[str, ...] = ()
    requires: tuple[Subject, ...] = ()
