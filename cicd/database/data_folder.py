"""The folder that a server of ours lives in: where there is room, and swept when it is dead."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.database import server_user
from cicd.errors import MissingError
from cicd.system import daemon, lease

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cicd.database.server_user import ServerUser

PREFIX = "cicd-postgres-"
_ATTEMPTS = 20
ROOM_BYTES = 512 * 1024 * 1024
"""Less is not enough for a test run. `/dev/shm` of a container often has 64 MB."""


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A folder of ours. It is alive for as long as somebody holds its lease."""

    path: Path
    lease: int | None

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def log(self) -> Path:
        return self.path / "log"

    def read_log(self) -> str:
        try:
            return self.log.read_text(errors="replace")
        except OSError:
            return ""

    def clear(self) -> None:
        """Removes the data, so that it can be made anew."""
        shutil.rmtree(self.data, ignore_errors=True)


def default_places() -> tuple[Path, ...]:
    """Folders to make ours in, the best first: tmpfs makes a clone 3 to 10 times faster."""
    memory = (Path("/dev/shm"),) if sys.platform == "linux" else ()
    disk = (Path("/var/tmp"), Path("/tmp")) if os.name == "posix" else ()
    return (*memory, Path(tempfile.gettempdir()), *disk)


@contextmanager
def run_folder(places: Sequence[Path], user: ServerUser | None) -> Iterator[RunFolder]:
    """A new folder with a lease; both are gone when the block ends."""
    place = choose_place(places, user)
    folder = make_folder(place)
    try:
        yield folder
    finally:
        shutil.rmtree(folder.path, ignore_errors=True)
        lease.give_back(folder.lease)


def choose_place(places: Sequence[Path], user: ServerUser | None) -> Path:
    """The first place with room that the server's user reaches, else the roomiest."""
    usable = [place for place in places if _is_usable(place, user)]
    if not usable:
        named = ", ".join(map(str, places))
        raise MissingError(f"no folder for a database's data can be written: {named}")
    return next((place for place in usable if _free(place) >= ROOM_BYTES), max(usable, key=_free))


def _is_usable(place: Path, user: ServerUser | None) -> bool:
    return os.access(place, os.W_OK | os.X_OK) and server_user.can_reach(place, user)


def _free(place: Path) -> int:
    return shutil.disk_usage(place).free


def make_folder(place: Path, *, take: Callable[[Path], int | None] = lease.take) -> RunFolder:
    """A new folder with its lease; raises `MissingError` where no file can be locked."""
    for _ in range(_ATTEMPTS):
        path = Path(tempfile.mkdtemp(dir=place, prefix=PREFIX))
        held = take(path / "lock")
        # A sweep that came between the two lines took it for a dead one: make another.
        if held is not None:
            # A server that runs as another user passes through, and can list nothing.
            path.chmod(0o711)
            return RunFolder(path, held)
        shutil.rmtree(path, ignore_errors=True)
    raise MissingError(f"no file can be locked below {place}")


def sweep(places: Sequence[Path]) -> tuple[str, ...]:
    """Removes our folders whose owner is dead, and a server that still runs in one."""
    return tuple(
        str(path)
        for place in dict.fromkeys(places)
        for path in sorted(place.glob(f"{PREFIX}*"))
        if _is_ours(path) and _sweep_folder(path)
    )


def _is_ours(path: Path) -> bool:
    with contextlib.suppress(OSError):
        return path.is_dir() and not path.is_symlink() and lease.is_own(path)
    return False


def _sweep_folder(path: Path) -> bool:
    held = lease.take(path / "lock")
    if held is None:
        return False
    try:
        _end_server(path / "data")
        shutil.rmtree(path, ignore_errors=True)
        return not path.exists()
    finally:
        lease.give_back(held)


def _end_server(data: Path) -> None:
    """Where nothing ended it with its owner: macOS, when the watchdog was killed as well."""
    with contextlib.suppress(OSError, ValueError):
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        if re.search(rf"(^|\s){re.escape(str(data))}(\s|$)", daemon.read_arguments(pid)):
            daemon.kill(pid)
