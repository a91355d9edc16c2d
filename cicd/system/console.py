"""The terminal, or whatever takes its place."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from cicd.system.harmless import Harmless, reads_commands

if TYPE_CHECKING:
    from typing import TextIO

_PLAIN = str.maketrans({"✓": "+", "✗": "x", "–": "-", "·": "|", "…": ".", "→": "->"})


def show(text: str) -> None:
    """Prints text, as `Screen` does."""
    screen = Screen(sys.stdout)
    screen.write(text)
    screen.flush()


class Screen:
    """A text stream that never fails: a run is judged, whoever looks at it.

    An output that cannot show our signs gets plainer ones. What nobody reads any more
    (`nox | head`) is dropped. On GitHub nothing of it is a command to the runner.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._tamed = Harmless() if reads_commands(os.environ) else str

    def write(self, text: str) -> None:
        try:
            self._stream.write(self._showable(self._tamed(text)))
        except (OSError, ValueError):
            return

    def flush(self) -> None:
        try:
            self._stream.flush()
        except (OSError, ValueError):
            return

    def _showable(self, text: str) -> str:
        encoding = self._stream.encoding or "utf-8"
        try:
            text.encode(encoding)
        except UnicodeEncodeError:
            plain = text.translate(_PLAIN).encode(encoding, "backslashreplace")
            return plain.decode(encoding)
        return text
