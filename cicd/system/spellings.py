"""How a text stands elsewhere: quoted, escaped, in an address, encoded, cut in its middle."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONG_ENOUGH = 8
"""From here on what base64 makes of it is found in the middle of something longer."""
DOTS = "..."
_WORTH_CUTTING = 16
_ENDS = (*range(6, 15), *range(80, 119), 1197, 1198)
"""pytest cuts to about 30 signs in a comparison and to 240 elsewhere, with `-v` to 2400; some of
these may be what stands beside the value."""


def spellings(text: str) -> Iterator[str]:
    """A line as it is and as it stands in JSON, Python, XML and addresses: there also what was
    quoted twice, such as the text of an error in a line of a log."""
    for quoted in _quoted(_quoted({text})):
        yield from _in_xml(quoted)
    yield from (quote(text), quote(text, safe=""), quote_plus(text))


def _quoted(texts: set[str]) -> set[str]:
    return texts | {each for text in texts for each in _each_quoted(text)}


def _each_quoted(text: str) -> tuple[str, ...]:
    """Python escapes an apostrophe only where there are quotation marks as well."""
    return (
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        *(show(text)[1:-1] for show in (repr, ascii)),
        *(show(f'"{text}')[2:-1] for show in (repr, ascii)),
    )


def _in_xml(text: str) -> Iterator[str]:
    xml = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    yield from (text, xml)
    quoted = xml.replace('"', "&quot;")
    yield quoted
    if "'" in quoted:
        yield from (quoted.replace("'", each) for each in ("&apos;", "&#x27;", "&#39;"))


def encodings(text: str) -> Iterator[str]:
    """In base64, without the signs that fill up its end; and what stays the same of it when
    something stands before and behind it: `user:` and the token, in a header."""
    for whole in {text.encode(), text.strip().encode()}:
        for encode in (b64encode, urlsafe_b64encode):
            yield encode(whole).decode().rstrip("=")
            if len(whole) >= _LONG_ENOUGH:
                yield from (_core(encode(b" " * n + whole), n, len(whole)) for n in range(3))


def _core(encoded: bytes, before: int, size: int) -> str:
    """The signs that are made of these bytes alone: each stands for six bits."""
    first, end = -(-before * 8 // 6), (before + size) * 8 // 6
    return encoded[first:end].decode()


def cuts(text: str) -> Iterator[str]:
    """The ends that pytest leaves of a long value, each with the dots beside it."""
    shown = repr(text)[1:-1]
    lengths = [length for length in _ENDS if _WORTH_CUTTING <= len(shown) > length]
    for length in lengths:
        yield from (f"{shown[:length]}{DOTS}", f"{DOTS}{shown[-length:]}")
