"""What an image's history tells everyone: arguments, variables and commands stand in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.images.proofs.tokens import (
    find_assignments,
    find_tokens,
    has_password_in_url,
    hide_tokens,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_COPIES = re.compile(r"^(?:/bin/sh -c #\(nop\)\s+)?(?:COPY|ADD|LABEL|HEALTHCHECK|EXPOSE)\b")


def find_told(command: str) -> Iterator[str]:
    """The secrets in one entry of a history, by what they are; never the secret itself."""
    yield from find_tokens(command.encode())
    if has_password_in_url(command):
        yield "an address with a password"
    if not _COPIES.match(command):
        yield from (f"`{name}` with a value" for name in find_assignments(command))


def hide_values(command: str) -> str:
    """The entry without what is assigned in it and without tokens, to be shown."""
    return re.sub(r"(\b[A-Za-z_]\w*=)(\"[^\"]*\"|'[^']*'|\S+)", r"\1…", hide_tokens(command))
