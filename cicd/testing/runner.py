"""A Runner that starts nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.errors import MissingError
from cicd.model import Completed

if TYPE_CHECKING:
    from cicd.model import Command


class FakeRunner:
    """Keeps the Runner's promises with answers that it was given.

    `answer` says how the commands that begin with some words end; the longest beginning
    wins, and later answers replace earlier ones. A command without an answer is one whose
    program is not there. `commands` are those that were run, in order.
    """

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self._answers: dict[tuple[str, ...], tuple[int, str, str, bool]] = {}

    def answer(
        self,
        *words: str,
        return_code: int = 0,
        output: str = "",
        errors: str = "",
        timed_out: bool = False,
    ) -> None:
        """`errors` are shown after `output` unless the command is run quietly, as by a real one."""
        self._answers[words] = (return_code, output, errors, timed_out)

    def run(
        self, command: Command, *, timeout_s: float | None = None, quiet: bool = False
    ) -> Completed:
        self.commands.append(command)
        matching = [words for words in self._answers if command.argv[: len(words)] == words]
        if not matching:
            raise MissingError(f"cannot start {command.argv[0]}: No such file or directory")
        return_code, output, errors, timed_out = self._answers[max(matching, key=len)]
        if quiet:
            return Completed(command, return_code, output, errors, timed_out)
        return Completed(command, return_code, output + errors, "", timed_out)
