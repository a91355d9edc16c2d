"""What a run may have left on this machine: looked for by its mark, not by counting."""

import time
from collections.abc import Callable
from pathlib import Path

from cicd.database.data_folder import PREFIX, default_places

PATIENCE_S = 10.0


def processes_of(root: Path) -> list[str]:
    """Living processes that have this folder in their arguments or in their environment."""
    mark = str(root).encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            told = (command, (process / "environ").read_bytes())
        except OSError:
            continue
        if command and any(mark in text for text in told):
            found.append(f"{process.name}: {command.decode(errors='replace')}")
    return found


def noted_processes(root: Path) -> list[str]:
    """What the ledgers of all runs still hold."""
    return [str(note) for note in (root / ".cicd" / "runs").glob("*/processes/*")]


def abandoned_folders(since: float) -> list[str]:
    """Data folders younger than this that nobody holds: a living one's lock is held."""
    locks = Path("/proc/locks").read_text().splitlines()
    held = {line.split()[-3].rpartition(":")[2] for line in locks}
    found = []
    for folder in {folder for place in default_places() for folder in place.glob(f"{PREFIX}*")}:
        try:
            lock = (folder / "lock").stat()
        except OSError:
            continue
        if str(lock.st_ino) not in held and lock.st_mtime >= since:
            found.append(str(folder))
    return found


def what_stays(find: Callable[[], list[str]]) -> list[str]:
    """What is still found after a while: who removes things may be at it."""
    deadline = time.monotonic() + PATIENCE_S
    while (found := find()) and time.monotonic() < deadline:
        continue
    return found
