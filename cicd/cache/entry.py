"""A green verdict that is kept, as a value and as JSON that tells when it was altered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one session said of this key.

    `record` is the record of the run that earned it, as its JSON. `earned_at` is ISO 8601 in
    UTC, `where` the machine or the run of a CI service. `files` is the content of each input,
    by name, so that a later run can tell which one changed; `installed` is what was in the
    environment, by package: where there is an environment it must still be that.
    """

    session: str
    key: str
    elements: Mapping[str, str]
    record: str
    earned_at: str
    where: str
    files: Mapping[str, str] = field(default_factory=dict)
    installed: Mapping[str, str] = field(default_factory=dict)
    reports: Mapping[str, str] = field(default_factory=dict)


def render_entry(entry: Entry) -> str:
    body = json.dumps(asdict(entry), sort_keys=True)
    return json.dumps({"schema": SCHEMA, "checksum": _checksum(body), "entry": body})


def parse_entry(text: str) -> Entry | None:
    """The reverse; None for another schema, and for what is not as it was written."""
    try:
        values: dict[str, Any] = json.loads(text)
        if values["schema"] != SCHEMA or values["checksum"] != _checksum(values["entry"]):
            return None
        return Entry(**json.loads(values["entry"]))
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def _checksum(body: str) -> str:
    return hashlib.sha256(body.encode(errors="surrogateescape")).hexdigest()
