"""A random change of one line, in a file that somebody wrote."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch

KINDS: Mapping[str, Sequence[str]] = {
    "locks": ("*uv.lock", "*package-lock.json"),
    "migrations": ("*migrations/*",),
    "tests": ("*tests/*", "*.test.*", "*/testing/*"),
    "scripts": ("*package.json", "*.sh", "*.envsh", "*.template", "*Dockerfile"),
    "source": ("*.py", "*.ts", "*.tsx", "*.css", "*.html"),
    "settings": ("*",),
}
"""A file is of the first kind that it matches; one kind is as likely as another."""
_TRIES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """`text` is all of the file afterwards; `line` counts from 1."""

    kind: str
    file: str
    line: int
    how: str
    before: str
    after: str
    text: str


def choose_mutation(files: Mapping[str, str], seed: str) -> Mutation:
    """The same seed and the same files, the same mutation."""
    chance = random.Random(seed)
    for _ in range(_TRIES):
        kind = chance.choice(sorted({kind_of(name) for name in files}))
        file = chance.choice(sorted(name for name in files if kind_of(name) == kind))
        if found := _mutate(chance, kind, file, files[file]):
            return found
    raise ValueError("no line of these files can be changed")


def kind_of(name: str) -> str:
    return next(kind for kind, masks in KINDS.items() if any(fnmatch(name, m) for m in masks))


def _mutate(chance: random.Random, kind: str, file: str, text: str) -> Mutation | None:
    lines = text.splitlines(keepends=True)
    filled = [number for number, line in enumerate(lines) if line.strip()]
    if not filled:
        return None
    number, how = chance.choice(filled), chance.choice(sorted(_WAYS))
    changed = _WAYS[how](chance, lines, number)
    after = "".join(changed)
    if after == text:
        return None
    shown = "".join(changed[number : number + 1 + len(changed) - len(lines)])
    return Mutation(
        kind=kind,
        file=file,
        line=number + 1,
        how=how,
        before=lines[number].strip(),
        after=shown.strip(),
        text=after,
    )


def _delete(chance: random.Random, lines: list[str], number: int) -> list[str]:
    return lines[:number] + lines[number + 1 :]


def _duplicate(chance: random.Random, lines: list[str], number: int) -> list[str]:
    return lines[: number + 1] + lines[number:]


def _swap(chance: random.Random, lines: list[str], number: int) -> list[str]:
    if number + 1 == len(lines):
        return lines
    return lines[:number] + [lines[number + 1], lines[number]] + lines[number + 2 :]


def _alter(chance: random.Random, lines: list[str], number: int) -> list[str]:
    """Another number, operator, word of logic or letter."""
    line = lines[number]
    places = [(found, other) for mask, other in _ALTERED for found in mask.finditer(line)]
    if not places:
        return lines
    found, other = chance.choice(places)
    altered = f"{line[: found.start()]}{other(found[0])}{line[found.end() :]}"
    return [*lines[:number], altered, *lines[number + 1 :]]


def _next_letter(letter: str) -> str:
    return {"z": "a", "Z": "A"}.get(letter, chr(ord(letter) + 1))


_SWAPPED = {
    **{"==": "!=", "!=": "==", "<=": "<", ">=": ">", " + ": " - ", " - ": " + "},
    **{"True": "False", "False": "True", "true": "false", "false": "true"},
    **{" and ": " or ", " or ": " and ", "&&": "||", "||": "&&"},
}
_ALTERED: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (re.compile(r"\d+"), lambda text: str(int(text) + 1)),
    (re.compile("|".join(map(re.escape, _SWAPPED))), _SWAPPED.__getitem__),
    (re.compile(r"(?<=[\"'/.])[A-Za-z](?=[\w.-]*[\"'])"), _next_letter),
    (re.compile(r"(?<=\b)[A-Za-z](?=\w)"), _next_letter),
)
_WAYS = {"delete": _delete, "duplicate": _duplicate, "swap": _swap, "alter": _alter}
