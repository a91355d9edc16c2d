"""Keeps secrets out of what is shown and out of what is written."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Protocol

from cicd.system.state import write_text

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.model import Secret

MASK = "***"
_SHORTEST = 4
"""A shorter secret would mask half of every word, and tell nobody anything."""


class Masks:
    """The secrets known so far. Secrets are added before their first use."""

    def __init__(self) -> None:
        self._texts: set[str] = set()

    def add(self, secret: Secret) -> None:
        """Masks this text, and each of its lines, from now on: as it is, and as it stands
        in XML, JSON and Python."""
        for line in (secret.reveal(), *secret.reveal().splitlines()):
            if len(line) >= _SHORTEST:
                self._texts.update((line, *_spellings(line)))

    def cover(self, secret: Secret) -> None:
        """Masks this text unless a mask hides what is secret in it: then the rest of an
        address, its host and its database, may be read."""
        if self.apply(secret.reveal()) == secret.reveal():
            self.add(secret)

    def apply(self, text: str) -> str:
        for secret in sorted(self._texts, key=len, reverse=True):
            text = text.replace(secret, MASK)
        return text

    def apply_below(self, folder: Path) -> None:
        """Masks the texts that lie in a folder; what is no text stays as it is."""
        for path in folder.rglob("*"):
            with contextlib.suppress(UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
                text = path.read_bytes().decode()
                if (masked := self.apply(text)) != text:
                    write_text(path, masked)

    def held_back(self, text: str) -> int:
        """How many characters at the end of `text` may be the beginning of a secret."""
        longest = max(map(len, self._texts), default=1) - 1
        for size in range(min(longest, len(text)), 0, -1):
            tail = text[-size:]
            if any(secret.startswith(tail) for secret in self._texts):
                return size
        return 0


def _spellings(text: str) -> tuple[str, ...]:
    xml = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    quoted = (json.dumps(text), json.dumps(text, ensure_ascii=False), repr(text))
    return (xml, xml.replace('"', "&quot;"), *(each[1:-1] for each in quoted))


class TextSink(Protocol):
    """The half of a text stream that output is shown on."""

    def write(self, text: str, /) -> object: ...

    def flush(self) -> None: ...


class MaskedStream:
    """A text stream that shows `***` where a secret would stand, also across writes."""

    def __init__(self, stream: TextSink, masks: Masks) -> None:
        self._stream, self._masks, self._tail = stream, masks, ""

    def write(self, text: str) -> None:
        text = self._masks.apply(self._tail + text)
        size = self._masks.held_back(text)
        self._tail = text[len(text) - size :]
        self._stream.write(text[: len(text) - size])

    def flush(self) -> None:
        self._stream.flush()

    def close(self) -> None:
        """Writes what was held back. The stream below stays open."""
        self._stream.write(self._tail)
        self._tail = ""
        self._stream.flush()
