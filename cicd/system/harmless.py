"""Takes the power to command out of text, where the screen is read by a program."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_UNSEEN = (
    "\x00-\x08\x0e-\x1f\x7f\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
)
"""The runner compares by the rules of a language, which pass over what has no shape."""
_LEADING = rf"(?:\x1b\[[0-?]*[ -/]*[@-~]|[^\S\r\n]|[{_UNSEEN}])*"
_COMMAND = re.compile(rf"[\r\n]{_LEADING}:[{_UNSEEN}]*(?=:)|#[{_UNSEEN}]*#[{_UNSEEN}]*(?=\[)")
_COLOUR = r"\x1b(?:\[[0-?]{0,20}[ -/]{0,4})?"
"""One that is not whole yet."""
_BEGUN = re.compile(rf"[\r\n]{_LEADING}(?:(?P<colon>:[{_UNSEEN}]*)|{_COLOUR})?")
_ENDS_IN_COLOUR = re.compile(rf"{_COLOUR}\Z")
_HASHES = re.compile(rf"#[{_UNSEEN}]*(?P<second>#[{_UNSEEN}]*)?\Z")


def harmless(text: str, environ: Mapping[str, str] = os.environ) -> str:
    """The text of a tool as it may be shown: on GitHub no line of it is a workflow command.

    A blank comes between the signs that would begin one: `: :error::`, `## [group]`.
    """
    return Harmless()(text) if reads_commands(environ) else text


def reads_commands(environ: Mapping[str, str]) -> bool:
    """Whether what is printed here is read by GitHub's runner, which obeys some lines."""
    return environ.get("GITHUB_ACTIONS") == "true"


class Harmless:
    """The same for text that comes in pieces: a command may be cut between any two.

    The runner trims a line before it looks for `::`, ends lines also at a carriage return,
    and finds the older `##[` anywhere in a line.
    """

    def __init__(self) -> None:
        self._before = "\n"

    def __call__(self, text: str) -> str:
        whole = self._before + text
        shown = _COMMAND.sub(r"\g<0> ", whole)[len(self._before) :]
        self._before = _beginning(whole)
        return shown


def _beginning(text: str) -> str:
    """What may be the beginning of a command at the end of a text, in as few signs as say it."""
    line = text[max(text.rfind("\n"), text.rfind("\r"), 0) :]
    if begun := _BEGUN.fullmatch(line):
        colour = _ENDS_IN_COLOUR.search(line)
        return "\n:" if begun["colon"] else f"\n{colour[0] if colour else ''}"
    if hashes := _HASHES.search(line):
        return "##" if hashes["second"] else "#"
    return "x"
