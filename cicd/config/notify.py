"""`cicd.Notify`: who is told when the default branch turns red, and when it is green again."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from cicd.config.parts import PartType


@dataclass(frozen=True, slots=True)
class Notify(metaclass=PartType):
    """A channel of Slack, of Teams, e-mail or a webhook, for `nox -s notify`.

    It gets a message when the default branch turns red, one when it is green again, and none
    in between.
    """

    url: str
    """Where its address is: "env:NAME", "file:path" or "cmd:command". The address is written as
    `apprise` reads it; it is a secret, since whoever has it can write there."""
    _: KW_ONLY
    name: str = ""
    """What warnings call the channel. Default: where its address is."""
