"""The name of a run, which nox's child processes inherit."""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import MutableMapping

RUN_VARIABLE = "CICD_RUN"
"""Never given to the commands that sessions run: a nox that they start is a run of its own."""
_NAME = r"\d{8}T\d{6}-\d+-[0-9a-f]{6}"


def name_run(environ: MutableMapping[str, str]) -> bool:
    """Names the run unless it has a name; whether this process is the one that named it.

    Names sort by time, and two runs that start in the same second differ. A name that is
    not ours is replaced: a folder is called after it.
    """
    if (name := environ.get(RUN_VARIABLE)) and re.fullmatch(_NAME, name):
        return False
    stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
    environ[RUN_VARIABLE] = f"{stamp}-{os.getpid()}-{os.urandom(3).hex()}"
    return True


def began_at(name: str) -> float:
    """When the run was named, in seconds since the epoch; 0 where its name does not tell."""
    from datetime import datetime

    try:
        return datetime.strptime(f"{name.split('-')[0]}+0000", "%Y%m%dT%H%M%S%z").timestamp()
    except ValueError:
        return 0.0


def process_of(name: str) -> int:
    """The number of the process that named the run."""
    return int(name.split("-")[1])
