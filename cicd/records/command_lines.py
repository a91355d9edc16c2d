"""The command lines of two records, compared without what is another in every place."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.records.record import Record

_PREPARING = frozenset("uv docker node sh git py cosign pg_dump".split())
_INSTALLING = tuple([word] for word in "ci install add sync config --version -I".split())
_RUN = re.compile(r"\b\d{8}T\d{6}-\d+-[0-9a-f]{6}\b")
_FOLDERS = re.compile(r"(?<![\w.*])(?:[A-Za-z]:)?/(?:[^\s/=:'\"]+/)+")
_WORKERS = re.compile(
    r" (-n|--(numprocesses|maxprocesses|dist|parallel|maxWorkers|shard|cicd-shard))[ =]\S+"
    r"| -p cicd_shard\b| --passWithNoTests\b"
)
"""How many do the work, or which share of it."""


def compare_commands(here: Record, there: Record) -> Iterator[str]:
    """Programs that both have run, with other arguments; what one side alone has run was to
    install or to look for something."""
    one, two = _read_lines(here), _read_lines(there)
    for name in one:
        if name in two and one[name] != two[name]:
            first, second = _from_difference(one[name], two[name])
            yield f"{name} called with {first} here, {second} there"


def _read_lines(record: Record) -> dict[str, list[str]]:
    """The words of the last call of each program."""
    found = {}
    for ran in record.commands:
        words = _plain(ran.command)
        if words and words[0] not in _PREPARING and words[1:2] not in _INSTALLING:
            found[_program(words)] = words
    return found


def _plain(command: str) -> list[str]:
    line = _FOLDERS.sub("", _RUN.sub("*", _WORKERS.sub("", command)))
    try:
        words = shlex.split(line)
    except ValueError:
        words = line.split()
    first = words[0].replace("\\", "/").rpartition("/")[2] if words else ""
    return [re.sub(r"^python[\d.]*(\.exe)?$", "python", first), *words[1:]]


def _program(words: list[str]) -> str:
    """The tool behind an interpreter, and the script behind a package manager."""
    if words[0] == "python" and words[1:2] == ["-m"]:
        return " ".join(words[2:3])
    if words[0] in ("python", "npm", "pnpm", "yarn", "bun", "npx"):
        return " ".join(words[:3] if words[1:2] == ["run"] else words[:2])
    return words[0]


def _from_difference(one: list[str], two: list[str]) -> tuple[str, str]:
    """The first words that are not the same."""
    place = next(
        (n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b),
        min(len(one), len(two)),
    )
    first, second = (words[place] if place < len(words) else "no more" for words in (one, two))
    return _cut(first), _cut(second)


def _cut(word: str) -> str:
    return word if len(word) <= 60 else f"{word[:60]}…"
