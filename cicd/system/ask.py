"""Short questions to other programs, cheap enough for every listing."""

from __future__ import annotations

import subprocess


def read_output(argv: tuple[str, ...]) -> str | None:
    """What a short question to another program prints; None when it fails or is not there."""
    try:
        done = subprocess.run(argv, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    except OSError:
        return None
    return done.stdout.decode(errors="surrogateescape") if done.returncode == 0 else None
