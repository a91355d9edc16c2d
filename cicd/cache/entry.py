"""A green verdict that is kept, as a value and as bytes that tell when they were altered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from cicd.cache.elements import Elements

SCHEMA = 2
_HEAD = b"cicd verdict %d " % SCHEMA
HEAD_BYTES = 256
"""So much of a file holds what `parse_blobs` reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one session said of this key.

    `record` is the record of the run that earned it, as its JSON. `earned_at` is ISO 8601 in
    UTC, `where` the machine or the run of a CI service. `installed` is what was in the
    environment, by package: where there is an environment it must still be that. `files` and
    `reports` name what lies apart, since only few who read an entry want it.
    """

    session: str
    key: str
    elements: Mapping[str, str]
    record: str
    earned_at: str
    where: str
    installed: Mapping[str, str] = field(default_factory=dict)
    files: str = ""
    reports: str = ""


def render_entry(entry: Entry) -> bytes:
    """A line with a checksum of what follows; the names of what lies apart; the entry; the
    record as it is: within JSON every quote of it would be escaped, and read once more."""
    values = asdict(entry)
    record = values.pop("record")
    body = _encode(f"{entry.files} {entry.reports}\n{json.dumps(values)}\n{record}")
    return _HEAD + _checksum(body) + b"\n" + body


def parse_entry(content: bytes) -> Entry | None:
    """The reverse; None for another schema, for what is not as it was written, and for what
    was written with a key that its elements do not have."""
    head, _, body = content.partition(b"\n")
    if head != _HEAD + _checksum(body):
        return None
    try:
        _, line, record = body.decode("utf-8", "surrogatepass").split("\n", 2)
        values: dict[str, Any] = json.loads(line)
        entry = Entry(record=record, **values)
        return entry if _is_sound(values) and Elements(entry.elements).key == entry.key else None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def parse_blobs(head: bytes) -> tuple[str, ...]:
    """What an entry keeps apart, from the first bytes of its file: for who prunes many."""
    _, _, rest = head.partition(b"\n")
    line, end, _ = rest.partition(b"\n")
    return tuple(line.decode("ascii", "replace").split()) if end else ()


def _is_sound(values: Mapping[str, Any]) -> bool:
    """Somebody may have written another entry by hand, with its checksum."""
    maps = [values["elements"], values.get("installed", {})]
    texts = [value for value in values.values() if type(value) is not dict]
    kinds = {type(text) for each in (texts, *(one.values() for one in maps)) for text in each}
    return kinds <= {str} and len(texts) + len(maps) >= len(values)


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()
