"""What package managers and the tools below them print, without their own additions."""

from __future__ import annotations

import re

from cicd.output import plain

_NOISE = re.compile(
    r"^(npm (error|ERR!|warn)( A complete log|\s*$| code | path | command | workspace | location "
    r"| Lifecycle script|  *in workspace|  *at location)|error Command failed with exit code"
    r"|info Visit |\[?ELIFECYCLE|.ELIFECYCLE|> |Done in |error: script )"
)


def last_telling_lines(output: str, count: int = 5) -> str:
    """The last lines that say something, without what package managers add to a failure."""
    lines = [line.rstrip() for line in plain(output).splitlines()]
    kept = [line for line in lines if line.strip() and not _NOISE.match(line.strip())]
    return "\n".join(kept[-count:])
