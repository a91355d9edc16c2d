"""Enough of a shell's grammar to see what a script runs."""

from __future__ import annotations

import shlex
from pathlib import PurePosixPath

_SEPARATORS = {"&&", "||", ";", "|", "&"}
_WRAPPERS = {"npx", "bunx", "cross-env", "env", "node", "dotenv", "c8", "exec", "yarn", "pnpm"}


def split_words(text: str) -> list[str]:
    """The words of a shell command; `&&` and its like are words of their own."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars="&|;")
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError:
        return text.split()


def last_command(words: list[str]) -> list[str]:
    """The words of the last command, beginning with its program's name.

    Package managers append arguments at the end of a script, so only this one gets them.
    What stands before the program (`cross-env A=1 node --flag …/jest.js`) is left out.
    """
    command: list[str] = []
    for word in words:
        command = [] if word in _SEPARATORS else [*command, word]
    if "--" in command and command[0] in _WRAPPERS:
        command = command[command.index("--") + 1 :]
    while len(command) > 1 and _is_wrapping(command[0]):
        command = command[1:]
    program = PurePosixPath(command[0].replace("\\", "/")).name if command else ""
    return [program.removesuffix(".js"), *command[1:]]


def _is_wrapping(word: str) -> bool:
    return word in _WRAPPERS or word.startswith("-") or "=" in word
