"""The terminal, or whatever takes its place."""

from __future__ import annotations

import sys

_PLAIN = str.maketrans({"✓": "+", "✗": "x", "–": "-", "·": "|", "…": "."})


def show(text: str) -> None:
    """Prints text; an output that cannot show our signs gets plainer ones."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(_PLAIN).encode(encoding, "backslashreplace").decode(encoding)
    sys.stdout.write(text)
    sys.stdout.flush()
