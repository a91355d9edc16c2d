"""What `.dockerignore` keeps out of a build.

https://docs.docker.com/build/concepts/context/#dockerignore-files
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Ignored:
    """Patterns of a `.dockerignore`; the last one that fits a name decides."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._rules = [rule for pattern in patterns for rule in _rule(pattern)]
        self.has_exceptions = any(kept for kept, _ in self._rules)

    def __contains__(self, name: str) -> bool:
        """Whether this file is kept out; names are relative to the context, with `/`."""
        for kept, expression in reversed(self._rules):
            if expression.match(name):
                return not kept
        return False


def read_ignored(root: Path, context: str, dockerfile: str) -> tuple[str, ...]:
    """The lines of `<Dockerfile>.dockerignore`, else of the context's `.dockerignore`."""
    own = root / f"{dockerfile}.dockerignore"
    path = own if own.is_file() else root / context / ".dockerignore"
    try:
        lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError:
        return ()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _rule(pattern: str) -> Iterable[tuple[bool, re.Pattern[str]]]:
    """Whether it takes files back in, and what names it fits: those below a folder, too."""
    kept = pattern.startswith("!")
    plain = posixpath.normpath(pattern.removeprefix("!").strip()).strip("/")
    if plain not in ("", "."):
        yield kept, re.compile(rf"(?:{_expression(plain)})(?:/.*)?\Z", re.S)


def _expression(pattern: str) -> str:
    pieces = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    found = re.findall(r"\*\*/|\*\*|\*|\?|\[\^?[^\]]+\]|\\.|.", pattern, re.S)
    return "".join(pieces.get(piece) or _literal(piece) for piece in found)


def _literal(piece: str) -> str:
    if piece.startswith("[") and len(piece) > 2:
        return piece
    return re.escape(piece[1:] if piece.startswith("\\") and len(piece) > 1 else piece)
