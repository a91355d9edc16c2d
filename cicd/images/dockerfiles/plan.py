"""What is to be written, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Planned:
    """A file to write: its name relative to the repository's root, its text, what to do next."""

    path: str
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`left` says what is there already or needs nothing, `remarks` what a reader should know,
    `gaps` what somebody has to fill in before the files can work."""

    files: tuple[Planned, ...] = ()
    left: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    gaps: tuple[str, ...] = field(default=())


def join_plans(plans: Iterable[Plan]) -> Plan:
    """All of them in one, in their order."""
    every = tuple(plans)
    return Plan(
        files=tuple(file for plan in every for file in plan.files),
        left=tuple(line for plan in every for line in plan.left),
        remarks=tuple(line for plan in every for line in plan.remarks),
        gaps=tuple(line for plan in every for line in plan.gaps),
    )


def build_hint(folder: str, context: str) -> str:
    """The command that builds a folder's Dockerfile."""
    where = context or "."
    return (
        f"docker build {where}"
        if folder == context
        else f"docker build -f {folder}/Dockerfile {where}"
    )
