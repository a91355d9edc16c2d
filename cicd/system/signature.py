"""Whether a file is still the same one, without reading it."""

from __future__ import annotations

import os


def signature(path: str) -> str:
    """Tells when a file, or what a link leads to, is another one or was written to, and when
    something was put into a folder or taken out of it; "" for what is not there."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return ""
    times = f"{found.st_mtime_ns} {found.st_ctime_ns}"
    return f"{found.st_dev} {found.st_ino} {found.st_size} {times}"
