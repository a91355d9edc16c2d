"""What is done when a block ends, and also when the process that it runs in is killed."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_DONE = b"d"
_LIMIT_S = 60
_WATCH = """
import json, subprocess, sys
commands, limit_s = json.loads(sys.argv[1])
if not sys.stdin.buffer.read():
    for argv in commands:
        try:
            subprocess.run(argv, stdin=subprocess.DEVNULL, timeout=limit_s)
        except (OSError, subprocess.SubprocessError):
            pass
"""


@contextmanager
def when_killed(*commands: Sequence[str], environ: Mapping[str, str]) -> Iterator[None]:
    """Until the block ends, a process of its own waits for our end, and then runs `commands`.

    A block that ends, by whatever exception, has cleaned up itself: nothing is run then. The
    commands stand in the list of processes: no secrets. They run in the root folder, so their
    paths must be absolute, each for a minute at most, the next one whatever became of the last.
    """
    job = json.dumps([commands, _LIMIT_S])
    watcher = subprocess.Popen(
        (sys.executable, "-I", "-S", "-c", _WATCH, job),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=os.path.abspath(os.sep),
        env=dict(environ),
        # Whoever kills our group must not kill it with us.
        start_new_session=True,
    )
    try:
        yield
    finally:
        with contextlib.suppress(BrokenPipeError):
            watcher.communicate(_DONE)
        watcher.wait()
