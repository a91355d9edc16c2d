"""Files of variables: `.env` and the examples that stand in for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.config.files import upward

if TYPE_CHECKING:
    from cicd.config.files import Files

_REAL = re.compile(r"\.env|\.env[.-](local|dev|development|test|testing|tests|ci)")
_EXAMPLE = re.compile(
    r"\.?(env|[\w.-]+\.env)[._-]?([\w-]+[._-])?(example|sample|template|dist|tmpl|default|defaults)"
    r"|\.?(example|sample|template)[._-]env|\.?env[._-](example|sample|template)[._-][\w-]+"
)
_LINE = re.compile(r"^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*(.*?)[ \t]*$", re.M)
_VARIABLE = re.compile(r"\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)")


def real_files(files: Files, folder: str) -> list[str]:
    """The committed files that the project itself reads, nearest first."""
    return [n for above in upward(folder) for n in files.inside(above) if _fits(_REAL, n)]


def example_files(files: Files, folder: str) -> list[str]:
    """Examples of such files, nearest first; of several, those for tests and development."""
    return [
        name
        for above in upward(folder)
        for name in sorted(files.inside(above), key=_for_tests)
        if _fits(_EXAMPLE, name)
    ]


def read_variables(files: Files, name: str) -> dict[str, str]:
    """Names and values of a file: quotes and comments taken off, `${OTHER}` put in."""
    found: dict[str, str] = {}
    for match in _LINE.finditer(files.text(name)):
        value = _plain(match[2])
        if not match[2].startswith("'"):
            value = _VARIABLE.sub(lambda m: found.get(m[1] or m[3], m[2] or ""), value)
        found[match[1]] = value
    return found


def _fits(pattern: re.Pattern[str], name: str) -> bool:
    return bool(pattern.fullmatch(name.rpartition("/")[2]))


def _for_tests(name: str) -> tuple[bool, bool]:
    base = name.rpartition("/")[2]
    return "prod" in base, "test" not in base


def _plain(value: str) -> str:
    quoted = re.match(r"\"((?:[^\"\\]|\\.)*)\"|'([^']*)'", value)
    if quoted:
        return (quoted[1] if quoted[1] is not None else quoted[2]).replace('\\"', '"')
    return re.split(r"(?:^|\s)#", value, maxsplit=1)[0].strip()
