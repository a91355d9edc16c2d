"""What format checkers, linters, compilers and bundlers complain about, with file and line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.output import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATH = r"(?P<path>(?:[A-Za-z]:)?[^\s:()'\"*?<>|][^:()'\"*?<>|\n]*?\.[A-Za-z]\w*)"
_LINE = r"(?P<line>\d+)"

_SHAPES = tuple(
    re.compile(shape, re.M)
    for shape in (
        # tsc, and tsc --pretty
        rf"^{_PATH}\({_LINE},\d+\): error (?P<title>TS\d+: .+)$",
        rf"^{_PATH}:{_LINE}:\d+ - error (?P<title>TS\d+: .+)$",
        # biome
        rf"^{_PATH}:{_LINE}:\d+ \S+.*━\n\n\s+(?P<level>[×!]) (?P<title>.+)$",
        rf"^{_PATH} (?P<title>format)(?: .*)? ?━",
        # eslint --format unix or compact, oxlint, and what else prints file:line:column
        rf"^{_PATH}: line {_LINE}, col \d+, Error - (?P<title>.+)$",
        rf"^{_PATH}:{_LINE}:\d+: (?:ERROR: |error: )?(?P<title>.+)$",
        # prettier
        r"^\[error\] (?P<path>[^\n:]+\.\w+): (?P<title>\w*Error: .+?)(?: \((?P<line>\d+):\d+\))?$",
        r"^\[warn\] (?P<path>[^\n]*\.\w+)$",
        # esbuild, and vite through it
        rf"^✘ \[ERROR\] (?P<title>.+)\n\n\s+{_PATH}:{_LINE}:\d+:",
        # webpack, and next build
        rf"^ERROR in (?:\./)?{_PATH}[:(]{_LINE}[:,]\d+\)?\n+(?P<title>.+)$",
        rf"^\./{_PATH}:{_LINE}:\d+\n(?P<title>.+)$",
        # rollup, and vite through it
        r"^(?P<title>.*Could not resolve .+? from \"?(?P<path>[^\s\"]+?)\"?)\.?$",
        rf"^{_PATH} \({_LINE}:\d+\): (?P<title>.+)$",
    )
)
_ESLINT_FILE = re.compile(r"^(?P<path>(?:/|[A-Za-z]:[\\/]|\.{0,2}[\w@-]).*\.\w+)$")
_ESLINT_LINE = re.compile(r"^\s+(?P<line>\d+):\d+\s+(?P<level>error|warning)\s+(?P<title>\S.*)$")


@dataclass(frozen=True, slots=True)
class Finding:
    """One complaint. `path` is as the tool wrote it."""

    path: str
    line: int | None
    title: str
    is_error: bool = True


def parse_findings(output: str) -> tuple[Finding, ...]:
    """Everything that is recognised, in the order of the output, each once."""
    text = plain(output)
    found = [*_parse_shapes(text), *_parse_eslint(text)]
    found.sort(key=lambda pair: pair[0])
    return tuple(dict.fromkeys(finding for _, finding in found))


def _parse_shapes(text: str) -> Iterator[tuple[int, Finding]]:
    for shape in _SHAPES:
        for match in shape.finditer(text):
            groups = match.groupdict()
            line, title = groups.get("line"), groups.get("title")
            yield match.start(), Finding(
                groups["path"].strip(),
                int(line) if line else None,
                "is not formatted" if title in (None, "format") else str(title).strip(),
                groups.get("level") != "!",
            )


def _parse_eslint(text: str) -> Iterator[tuple[int, Finding]]:
    """eslint's own style: a line with the file, then a line for each complaint."""
    path, position = "", 0
    for line in text.splitlines(keepends=True):
        if match := _ESLINT_FILE.match(line.rstrip()):
            path = match["path"]
        elif not line.strip():
            path = ""
        elif path and (match := _ESLINT_LINE.match(line.rstrip())):
            title = re.sub(r"\s{2,}(\S+)$", r" (\1)", match["title"])
            yield position, Finding(path, int(match["line"]), title, match["level"] == "error")
        position += len(line)
