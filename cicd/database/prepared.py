"""Prepared data folders: `initdb` runs once for each build of PostgreSQL, then is copied."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from cicd.system import state

_LAYOUT = "1"
"""Changed with anything that a prepared folder of an older `cicd` would have differently."""
_CONTROL_BYTES = 8192
PASSWORD = "password"
"""Beside the data, readable to us alone; the data holds only what checks it."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A data folder of a server that was stopped cleanly, with its password beside it."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def password(self) -> str:
        return (self.folder / PASSWORD).read_text()

    def is_whole(self) -> bool:
        """Whether it looks complete. A server that does not start on it is the real check."""
        with contextlib.suppress(OSError):
            control = (self.data / "global" / "pg_control").stat().st_size
            complete = (self.data / "PG_VERSION").is_file() and control == _CONTROL_BYTES
            return complete and bool(self.password())
        return False

    def discard(self) -> None:
        """Takes it out of use at once: renamed first, so that nobody starts on half of it."""
        aside = self.folder.with_name(f".{self.folder.name}.discarded-{os.getpid()}")
        with contextlib.suppress(OSError):
            self.folder.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)


def slot(cache: Path, identity: str, owner: str) -> Prepared:
    """Where the cache keeps the folder of this build, for servers of this user."""
    key = hashlib.sha256(f"{_LAYOUT}\n{identity}\n{owner}".encode()).hexdigest()[:20]
    return Prepared(cache / "postgres" / "prepared" / key)


def keep(target: Path, data: Path, password: str) -> None:
    """Copies the data of a stopped server to `target`; who comes second changes nothing."""
    with state.folder_aside(target) as aside:
        copy_data(data, aside / "data")
        write_private(aside / PASSWORD, password)


def copy_data(source: Path, target: Path) -> None:
    """A copy that belongs to us, not to the server's user."""
    shutil.copytree(source, target, symlinks=True)


def write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
