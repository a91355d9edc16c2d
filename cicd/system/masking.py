"""Keeps secrets out of what is shown and out of what is written."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Protocol

from cicd.system.spellings import DOTS, cuts, encodings, spellings
from cicd.system.state import write_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cicd.model import Secret

MASK = "***"
_SHORTEST = 4
"""A shorter secret would mask half of every word, and tell nobody anything."""
_SIGNS = " \t,:;=-{}[]()\"'"
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
        self._texts: dict[str, str] = {}
        self._announce = announce

    def add(self, secret: Secret) -> None:
        """Masks each line of this text from now on: as it is, as it stands in XML, JSON, Python
        and addresses, and cut by pytest; and the whole text in base64.

        Of several lines those that are common words are left: hiding `test` hides nothing.
        """
        text = secret.reveal()
        lines = [line for line in dict.fromkeys(map(str.strip, text.splitlines())) if line]
        if len(lines) > 1:
            lines = [line for line in lines if not is_common(line.strip(_SIGNS))]
        lines = [line for line in lines if len(line) >= _SHORTEST]
        new = [line for line in lines if line not in self._texts]
        if self._announce:
            for line in new:
                self._announce(line)
        self._learn(*(each for line in new for f in (spellings, cuts) for each in f(line)))
        if lines:
            self._learn(*encodings(text), *cuts(text))

    def _learn(self, *texts: str) -> None:
        """The longest first: a secret may be a part of another."""
        known = {*self._texts, *texts}
        ordered = sorted(known, key=lambda text: (-len(text), text))
        self._texts = {text: _mask(text) for text in ordered}

    def cover(self, secret: Secret) -> None:
        """Masks this text unless a mask hides what is secret in it: then the rest of an
        address, its host and its database, may be read."""
        if self.apply(secret.reveal()) == secret.reveal():
            self.add(secret)

    def apply(self, text: str) -> str:
        for secret, mask in self._texts.items():
            text = text.replace(secret, mask)
        return text

    def apply_below(self, folder: Path) -> None:
        """Masks what lies in a folder, also the names. In what is no text, such as a database of
        coverage, the bytes of a secret are overwritten: its length may stand elsewhere in the
        file."""
        for path in sorted(folder.rglob("*"), reverse=True):
            with contextlib.suppress(FileNotFoundError, IsADirectoryError):
                content = path.read_bytes()
                masked = self._masked_bytes(content)
                if masked != content:
                    write_bytes(path, masked)
            self._rename(folder, path)

    def _rename(self, folder: Path, path: Path) -> None:
        """What lies below a folder came before it. An artifact on GitHub takes no `*` in a name."""
        name = path.relative_to(folder).as_posix()
        target = folder / self.apply(name).replace(MASK, "masked")
        if target == folder / name:
            return
        if path.is_dir() and not path.is_symlink():
            with contextlib.suppress(OSError):
                path.rmdir()
            return
        number = 1
        while target.exists():
            number += 1
            target = target.with_name(f"{number}-{target.name}")
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)

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


def _mask(text: str) -> str:
    """The dots of a value that was cut stay: its other end is found by them as well."""
    return f"{DOTS * text.startswith(DOTS)}{MASK}{DOTS * text.endswith(DOTS)}"


def _overlap(text: str, secret: str) -> int:
    """The length of the longest end of `text` that `secret` begins with, and goes on after."""
    place = text.find(secret[0], max(0, len(text) - len(secret) + 1))
    while place != -1:
        if secret.startswith(text[place:]):
            return len(text) - place
        place = text.find(secret[0], place + 1)
    return 0


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
