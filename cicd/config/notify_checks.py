"""Mistakes in the channels of a noxfile, found when it is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.config.complaint import complaint
from cicd.config.field_checks import is_kind, named_kind, strange_source
from cicd.config.known import STRING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.config.notify import Notify

_NOWHERE = "nowhere"


def check_notify(channels: Sequence[Notify]) -> None:
    """Raises `SettingsError` for the first thing that cannot be meant."""
    for channel in channels:
        for field in ("url", "name"):
            value = getattr(channel, field)
            if not is_kind(value, STRING):
                wrong = f"`{field}` must be {STRING}, not {named_kind(value)}"
                raise complaint("cicd.Notify(…)", wrong)
        # What is no source may be the address itself: it is not shown.
        if strange := strange_source("url", channel.url or _NOWHERE):
            raise complaint("cicd.Notify(…)", *strange)
    sources = [channel.url for channel in channels]
    for source in sources:
        if sources.count(source) > 1:
            raise complaint(f'cicd.Notify("{source}")', "the same people would be told twice")
