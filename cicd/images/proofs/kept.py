"""The last green proof of an image, for the run in which nothing that decides it has changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cicd.model import Outcome
from cicd.system.state import write_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Where it is kept, and the name of everything that decides it."""

    path: Path
    key: str

    def write(self, outcome: Outcome, now: datetime) -> None:
        """Keeps what was green without a gap. `now` is aware."""
        if not outcome.passed or outcome.unverified:
            return
        values = {
            "schema": SCHEMA,
            "key": self.key,
            "proved_at": now.isoformat(timespec="seconds"),
            "headline": outcome.headline,
            "metrics": dict(outcome.metrics),
            "facts": dict(outcome.facts),
        }
        write_text(self.path, json.dumps(values, indent=2) + "\n")

    def read(self) -> Outcome | None:
        """What was green for this key, and says that it is from then; None for any other."""
        try:
            values = json.loads(self.path.read_text(encoding="utf-8"))
            if (values["schema"], values["key"]) != (SCHEMA, self.key):
                return None
            proved_at = datetime.fromisoformat(values["proved_at"]).astimezone()
            return Outcome(
                headline=f"{values['headline']} · reused from {proved_at:%Y-%m-%d %H:%M}",
                metrics=values["metrics"],
                facts={**values["facts"], "reused_from": values["proved_at"]},
            )
        except (OSError, ValueError, LookupError, TypeError):
            return None


def proof_key(parts: Iterable[str]) -> str:
    """One name for all that decides a proof: by content, never by time."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode(errors="surrogateescape") + b"\0")
    return digest.hexdigest()
