"""A check must not rewrite files: finding out from a script's text whether it does."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from cicd.errors import SettingsError
from cicd.frontend.shell_words import split_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WRITES = re.compile(r"^(--write|--fix|--apply|--apply-unsafe|--fix-all)(=true)?$")
_CALLS = re.compile(r"\b(?:npm|pnpm|yarn|bun)\s+(?:run\s+|run-script\s+)?(?:-\S+\s+)*([\w:.-]+)")
_CALLS_SEVERAL = re.compile(r"\b(?:run-s|run-p|npm-run-all2?)\s+([^&|;]+)")


def require_readonly(what: str, chosen: str | tuple[str, ...], scripts: Mapping[str, str]) -> None:
    """Raises `SettingsError` when this check (`what`: "frontend lint") writes into files."""
    for text in expand(chosen, scripts):
        word = find_writing(text)
        if word:
            raise SettingsError(
                f"{what}: `{text}` rewrites files ({word}), so it is no check",
                fix="name a script that only reads, or a command as a tuple",
            )


def find_writing(text: str) -> str:
    """The option that makes this command write, or ""."""
    words = split_words(text)
    written = [word for word in words if _WRITES.match(word)]
    if not written and "-w" in words and "prettier" in text:
        written = ["-w"]
    return written[0] if written else ""


def expand(chosen: str | tuple[str, ...], scripts: Mapping[str, str]) -> Iterator[str]:
    """The command, and those of the scripts that it calls."""
    if isinstance(chosen, tuple):
        yield shlex.join(chosen)
        return
    waiting, seen = [chosen], {chosen}
    while waiting:
        text = scripts.get(waiting.pop(), "")
        yield text
        called = set(_called(text)) & set(scripts) - seen
        seen |= called
        waiting += sorted(called)


def _called(text: str) -> Iterator[str]:
    yield from _CALLS.findall(text)
    for names in _CALLS_SEVERAL.findall(text):
        yield from names.split()
