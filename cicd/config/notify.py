"""`cicd.Notify`: who is told when the default branch turns red, and green again."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from cicd.config.parts import PartType


@dataclass(frozen=True, slots=True)
class Notify(metaclass=PartType):
    """People to tell, for `nox -s notify`."""

    url: str
    """Where to: "env:NAME", "file:path" or "cmd:command" of an address as `apprise` writes it."""
    _: KW_ONLY
