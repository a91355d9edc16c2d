"""Which test runner a script starts, and whether arguments given to the script reach it."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from cicd.frontend.shell_words import last_command, split_words

if TYPE_CHECKING:
    from collections.abc import Mapping


class SuiteTool(StrEnum):
    """The runners whose reports we read; of the others the exit code is the verdict."""

    JEST = "jest"
    VITEST = "vitest"
    ANGULAR = "angular"
    KARMA = "karma"
    OTHER = "other"


_PROGRAMS = {
    "jest": SuiteTool.JEST,
    "vitest": SuiteTool.VITEST,
    "react-scripts": SuiteTool.JEST,
    "craco": SuiteTool.JEST,
    "react-app-rewired": SuiteTool.JEST,
    "ng": SuiteTool.ANGULAR,
    "karma": SuiteTool.KARMA,
}
_ONE_SCRIPT = re.compile(r"^(?:npm|pnpm|yarn|bun)(?: run| run-script)? ([\w:.-]+)$")


def recognise_tool(
    chosen: str | tuple[str, ...], scripts: Mapping[str, str]
) -> tuple[SuiteTool, tuple[str, ...]]:
    """The runner, and the words of the command that starts it.

    Arguments reach the last command only: `jest && report` is `OTHER`.
    """
    words = list(chosen) if isinstance(chosen, tuple) else split_words(scripts.get(chosen, ""))
    command = last_command(words)
    return _PROGRAMS.get(command[0], SuiteTool.OTHER), tuple(command)


def follow_script(
    chosen: str | tuple[str, ...], scripts: Mapping[str, str]
) -> str | tuple[str, ...]:
    """The script that does the work, where this one only calls another: npm would drop
    arguments on the way."""
    seen = set()
    while isinstance(chosen, str) and chosen not in seen:
        seen.add(chosen)
        called = _ONE_SCRIPT.match(scripts.get(chosen, "").strip())
        # `pretest` runs before `test` only, so then it cannot be passed over.
        around = {f"pre{chosen}", f"post{chosen}"} & set(scripts)
        if called is None or called[1] not in scripts or around:
            break
        chosen = called[1]
    return chosen
