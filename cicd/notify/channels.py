"""Hands a message to channels: each with a time limit, and none stands in another's way."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from cicd.errors import MissingError
from cicd.model import Command, Secret
from cicd.notify import drivers
from cicd.system.masking import MASK

if TYPE_CHECKING:
    from cicd.model import Completed
    from cicd.notify.message import Message
    from cicd.system.process import Runner

LIMIT_S = 30.0
_DRIVER = Path(drivers.__path__[0], "cicd_apprise.py")
_SHORTEST = 4
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Channel:
    name: str
    address: Secret


def deliver(message: Message, channel: Channel, runner: Runner, *, limit_s: float = LIMIT_S) -> str:
    """Why the channel did not take the message, in a line; "" when it did.

    No part of the address is in what is returned.
    """
    done = runner.run(deliver_command(message, channel), timeout_s=limit_s, quiet=True)
    if done.timed_out:
        return f"no answer within {limit_s:.0f} s"
    return _without_address(_refusal(done), channel.address)


def deliver_command(message: Message, channel: Channel) -> Command:
    order = {
        "address": channel.address.reveal().strip(),
        "title": message.title,
        "body": message.body,
        "kind": "failure" if message.red else "success",
    }
    # -P: the folder of the driver is no place to import from.
    return Command((sys.executable, "-P", str(_DRIVER)), stdin=Secret(json.dumps(order)))


def require_apprise() -> None:
    """Raises `MissingError` where the extra is not installed."""
    if find_spec("apprise") is None:
        raise MissingError("apprise is not installed", fix='pip install "nox-cicd[notify]"')


def _refusal(done: Completed) -> str:
    try:
        answer = json.loads(done.output.splitlines()[-1])
        took, said = answer["took"], answer["said"]
    except (ValueError, LookupError, TypeError):
        last = (done.errors.strip() or "nothing was said").splitlines()[-1]
        return f"apprise ended with {done.return_code}: {last}"
    return "" if took else next(iter(said[::-1]), "apprise does not say why")


def _without_address(text: str, address: Secret) -> str:
    """Without any piece of it but the first, such as "slack"."""
    whole = address.reveal()
    pieces = re.split(r"[^\w.%~-]+", whole.partition("://")[2] or whole)
    spelled = {whole, *pieces, *map(unquote, pieces)}
    for piece in sorted(spelled, key=len, reverse=True):
        if len(piece) >= _SHORTEST:
            text = text.replace(piece, MASK)
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_REASON else f"{line[: _LONGEST_REASON - 1]}…"
