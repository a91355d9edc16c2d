"""The instructions that made an image, and which of its layers are theirs, not its base's.

An image's history has one entry for each instruction, and the entries of its base before them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd.config.dockerfile import parse_dockerfile

if TYPE_CHECKING:
    from collections.abc import Mapping

_OLD_STYLE = re.compile(r"^/bin/sh -c #\(nop\)\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One entry of the history. `line` is that of its instruction in the Dockerfile, None where
    that is not known; `own` is false for the steps of the base image."""

    command: str
    has_layer: bool
    own: bool = True
    line: int | None = None


def trace_steps(
    config: Mapping[str, Any], dockerfile: str, target: str | None, args: Mapping[str, str]
) -> tuple[Step, ...]:
    """The history of an image, matched with its Dockerfile from the end.

    Where the two do not match (a base with `ONBUILD`, another builder), every step counts as
    the application's own.
    """
    entries = [
        (str(each.get("created_by", "")), not each.get("empty_layer", False))
        for each in config.get("history") or ()
    ]
    stages = parse_dockerfile(dockerfile, args).chain(target)
    own = [each for stage in reversed(stages) for each in stage.instructions]
    start = len(entries) - len(own)
    pairs = zip(own, entries[max(start, 0) :], strict=False)
    if not stages or start < 0 or not all(_keyword(entry[0]) == each.word for each, entry in pairs):
        return tuple(Step(command=command, has_layer=layer) for command, layer in entries)
    lines = [None] * start + [each.line for each in own]
    return tuple(
        Step(command=command, has_layer=layer, own=number >= start, line=lines[number])
        for number, (command, layer) in enumerate(entries)
    )


def _keyword(command: str) -> str:
    """Of an entry of the history. The old builder wrote RUN as nothing but its shell."""
    bare = _OLD_STYLE.sub("", command)
    if bare == command and command.startswith(("/bin/sh -c", "|")):
        return "RUN"
    return bare.partition(" ")[0].upper()


def shorten(command: str, width: int = 60) -> str:
    """An entry of the history as one reads it in a table."""
    text = _OLD_STYLE.sub("", command).removesuffix("# buildkit")
    text = " ".join(text.replace("RUN /bin/sh -c ", "RUN ").split())
    return text if len(text) <= width else f"{text[: width - 1]}…"
