"""Everything that can change a verdict, by name, and one key for it all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

FORMAT = "1"
"""Raised when an older `cicd` kept verdicts that must not be reused any more."""


@dataclass(frozen=True, slots=True)
class Elements:
    """Each element of a key by its name: a short text, or a digest where the text is long or
    nobody's business."""

    values: Mapping[str, str]

    @property
    def key(self) -> str:
        """The same elements, the same key, on every machine."""
        text = json.dumps([FORMAT, sorted(self.values.items())])
        return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that decides the verdict cannot be known before the session runs: so it runs."""

    reason: str


def digest(text: str, length: int = 16) -> str:
    """A name for a text that is long, or that others need not read."""
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:length]
