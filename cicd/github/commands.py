"""Commands to GitHub's runner, as lines that it reads on the screen."""

from __future__ import annotations

import contextlib
import secrets
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


def render_command(name: str, message: str = "", **properties: object) -> str:
    """One line. Properties without a value are left out.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
    """
    given = [f"{key}={escape_property(str(value))}" for key, value in properties.items() if value]
    head = f"{name} {','.join(given)}" if given else name
    return f"::{head}::{escape_data(message)}"


def escape_data(text: str) -> str:
    """As GitHub's own toolkit does it: a per cent sign first, or it would be escaped twice."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    return escape_data(text).replace(":", "%3A").replace(",", "%2C")


class Stream(Protocol):
    """The half of a text stream that the runner reads."""

    def write(self, text: str, /) -> object: ...

    def flush(self) -> None: ...


class Channel:
    """The one way to command the runner: what others print while a session runs is not obeyed."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._token = ""

    def send(self, *commands: str) -> None:
        """Has the runner obey these commands, also while it obeys nobody else."""
        lines = [*commands]
        if self._token:
            lines = [self._resume(), *commands, self._stop()]
        self._write(lines)

    def mask(self, text: str) -> None:
        """Has the runner hide a line of text from now on."""
        self.send(render_command("add-mask", text))

    @contextlib.contextmanager
    def kept_to_us(self) -> Iterator[None]:
        """Until the block ends, the runner obeys only who knows a word that is in this process."""
        self._token = secrets.token_hex(16)
        self._write([self._stop()])
        try:
            yield
        finally:
            self._write([self._resume()])
            self._token = ""

    def _stop(self) -> str:
        return render_command("stop-commands", self._token)

    def _resume(self) -> str:
        """On a line of its own, though a tool has not ended its last one."""
        return f"\n::{self._token}::"

    def _write(self, lines: list[str]) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.write("".join(f"{line}\n" for line in lines))
            self._stream.flush()
