"""What tools print, made readable for programs and for people."""

from __future__ import annotations

import math
import re

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07")


def plain(text: str) -> str:
    """The text without colours and without the lines that were overwritten."""
    return _ANSI.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def render_size(size_bytes: float, plus: str = "") -> str:
    """ "412 kB", "1.2 MB": thousands, as disks and browsers count, and what is there is not 0.

    With `plus` "+" a change has its sign."""
    if abs(size_bytes) >= 1_000_000:
        return f"{size_bytes / 1_000_000:{plus}.1f} MB"
    thousands = math.copysign(math.ceil(abs(size_bytes) / 1000), size_bytes)
    return f"{thousands:{plus}.0f} kB"


def last_lines(text: str, count: int) -> str:
    """The end of what a tool printed, without colours."""
    return "\n".join(plain(text).strip().splitlines()[-count:])
