"""Everything that can change a verdict, by name, and one key for it all."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

FORMAT = "1"
"""Raised when an older `cicd` kept verdicts that must not be reused any more."""
INSTALLED = "installed "
"""How the names of those elements begin that a run settles by installing."""
BY_HAND = "changed by hand"
"""The element of what somebody installed beside us: a run may have made it good."""
_FOUND = re.compile("(?:[^:]*:)?(?:file|reads|outside|above|at home|variable) ")
"""Elements that were known before, where they were there: no run makes one known."""


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

    def changed_since(self, before: Elements | Unknown) -> tuple[str, ...]:
        """The names of what is otherwise than it was known to be before the session ran, but for
        what it installed itself."""
        if isinstance(before, Unknown):
            earlier = before.known
            names = {*earlier, *filter(_FOUND.match, self.values)}
        else:
            earlier = before.values
            names = {*earlier, *self.values}
        changed = {name for name in names if earlier.get(name) != self.values.get(name)}
        return tuple(sorted(name for name in changed if not self._is_settled(name)))

    def _is_settled(self, name: str) -> bool:
        made_good = name.endswith(f":{BY_HAND}") and name not in self.values
        return f":{INSTALLED}" in name or made_good


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that decides the verdict cannot be known before the session runs: so it runs.
    `known` are the other elements."""

    reason: str
    known: Mapping[str, str] = field(default_factory=dict)


def digest(text: str, length: int = 16) -> str:
    """A name for a text that is long, or that others need not read."""
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:length]
