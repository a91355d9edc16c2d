"""What tools print, made readable for programs and for people."""

from __future__ import annotations

import re

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07")


def plain(text: str) -> str:
    """The text without colours and without the lines that were overwritten."""
    return _ANSI.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def last_lines(text: str, count: int) -> str:
    """The end of what a tool printed, without colours."""
    return "\n".join(plain(text).strip().splitlines()[-count:])
