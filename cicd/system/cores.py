"""How many cores there are to keep busy."""

from __future__ import annotations

import os


def count_cores() -> int:
    """Those that this process may use, which can be fewer than the machine has."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows do not tell
        return os.cpu_count() or 1
