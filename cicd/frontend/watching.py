"""A command whose Node notes what it reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cicd.model import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.model import Command

_HOOK = Path(__file__).parent / "drivers" / "cicd_reads.cjs"
_OPTIONS = "NODE_OPTIONS"


def watched(command: Command, watch: Mapping[str, str]) -> Command:
    """The same command, with the variables of `watch` and our module loaded before all others.

    The options of Node that the part has, or else those in `watch`, stay. Without `watch` as
    it was.
    """
    if not watch:
        return command
    given = command.env.get(_OPTIONS, watch.get(_OPTIONS))
    options = given.reveal() if isinstance(given, Secret) else given or ""
    return command.with_env({**watch, _OPTIONS: f"{options} --require {_quoted(_HOOK)}".strip()})


def _quoted(path: Path) -> str:
    """https://nodejs.org/api/cli.html#node_optionsoptions"""
    text = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"' if " " in text else text
