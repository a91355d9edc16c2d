"""What tools print, made readable for programs."""

from __future__ import annotations

import re

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07")
_NOISE = re.compile(
    r"^(npm (error|ERR!|warn)( A complete log|\s*$| code | path | command | workspace | location "
    r"| Lifecycle script|  *in workspace|  *at location)|error Command failed with exit code"
    r"|info Visit |\[?ELIFECYCLE|.ELIFECYCLE|> |Done in |error: script )"
)


def plain(text: str) -> str:
    """The text without colours and without the lines that were overwritten."""
    return _ANSI.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def last_lines(output: str, count: int = 5) -> str:
    """The last lines that say something, without what package managers add to a failure."""
    lines = [line.rstrip() for line in plain(output).splitlines()]
    kept = [line for line in lines if line.strip() and not _NOISE.match(line.strip())]
    return "\n".join(kept[-count:])
