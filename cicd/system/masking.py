"""Keeps secrets out of what is shown and out of what is written."""

from __future__ import annotations

import contextlib
import json
from base64 import b64encode, urlsafe_b64encode
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, quote_plus

from cicd.system.state import write_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cicd.model import Secret

MASK = "***"
_SHORTEST = 4
"""A shorter secret would mask half of every word, and tell nobody anything."""
_COMMON = frozenset(
    "admin changeit changeme changethis database default demo dev development docker dummy "
    "example false github guest local localhost password postgres postgresql production public "
    "python root sample secret staging test testing true username".split()
)


def is_common(text: str) -> bool:
    """Whether hiding this everywhere would take ordinary words and numbers out of every report:
    such a password is hidden where it stands as one, in an address."""
    plain = text.strip().lower()
    short = len(plain) < 6 or (len(plain) < 8 and plain.isalpha())
    return plain in _COMMON or short or (plain.isdigit() and len(plain) < 12)


class Masks:
    """The secrets known so far. Secrets are added before their first use.

    `announce` is told each line of a secret when it is new: others who show our output may
    then hide it as well.
    """

    def __init__(self, announce: Callable[[str], None] | None = None) -> None:
        self._texts: dict[str, None] = {}
        self._announce = announce

    def add(self, secret: Secret) -> None:
        """Masks each line of this text from now on: as it is, and as it stands in XML, JSON,
        Python and addresses; and the whole text in base64."""
        lines = [line.strip() for line in secret.reveal().splitlines()]
        for line in dict.fromkeys(lines):
            if len(line) >= _SHORTEST and line not in self._texts:
                if self._announce:
                    self._announce(line)
                self._learn(line, *_spellings(line))
        if any(len(line) >= _SHORTEST for line in lines):
            self._learn(*_encodings(secret.reveal()))

    def _learn(self, *texts: str) -> None:
        """The longest first: a secret may be a part of another."""
        known = {*self._texts, *texts}
        self._texts = dict.fromkeys(sorted(known, key=lambda text: (-len(text), text)))

    def cover(self, secret: Secret) -> None:
        """Masks this text unless a mask hides what is secret in it: then the rest of an
        address, its host and its database, may be read."""
        if self.apply(secret.reveal()) == secret.reveal():
            self.add(secret)

    def apply(self, text: str) -> str:
        for secret in self._texts:
            text = text.replace(secret, MASK)
        return text

    def apply_below(self, folder: Path) -> None:
        """Masks what lies in a folder. In what is no text, such as a database of coverage, the
        bytes of a secret are overwritten: its length may stand elsewhere in the file."""
        for path in folder.rglob("*"):
            with contextlib.suppress(FileNotFoundError, IsADirectoryError):
                content = path.read_bytes()
                masked = self._masked_bytes(content)
                if masked != content:
                    write_bytes(path, masked)

    def _masked_bytes(self, content: bytes) -> bytes:
        try:
            return self.apply(content.decode()).encode()
        except UnicodeDecodeError:
            for secret in map(str.encode, self._texts):
                content = content.replace(secret, b"*" * len(secret))
            return content

    def held_back(self, text: str) -> int:
        """How many characters at the end of `text` may be the beginning of a secret."""
        return max((_overlap(text, secret) for secret in self._texts), default=0)


def _overlap(text: str, secret: str) -> int:
    """The length of the longest end of `text` that `secret` begins with, and goes on after."""
    place = text.find(secret[0], max(0, len(text) - len(secret) + 1))
    while place != -1:
        if secret.startswith(text[place:]):
            return len(text) - place
        place = text.find(secret[0], place + 1)
    return 0


def _spellings(text: str) -> tuple[str, ...]:
    xml = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    quoted = (json.dumps(text), json.dumps(text, ensure_ascii=False), repr(text))
    in_address = (quote(text), quote(text, safe=""), quote_plus(text))
    return (xml, xml.replace('"', "&quot;"), *(each[1:-1] for each in quoted), *in_address)


def _encodings(text: str) -> set[str]:
    """Without the signs that fill up its end."""
    wholes = {text.encode(), text.strip().encode()}
    encoded = (f(whole) for whole in wholes for f in (b64encode, urlsafe_b64encode))
    return {each.decode().rstrip("=") for each in encoded}


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
