"""Prepared data: what `initdb` made, and what migrations made on it, kept for the next server."""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import secrets
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from cicd.system import lease

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LAYOUT = "2"
"""Changed with anything that prepared data of an older `cicd` would have differently."""
DATA = "data.tar"
PASSWORD = "password"
"""Beside the data, readable to us alone; the data holds only what checks it."""
_CHECKSUM = "sha256"
_LOCK = ".lock"
_CHUNK_BYTES = 1024 * 1024
MOST = 12
MOST_BYTES = 1024**3
"""What is used least recently goes first. The data of a small schema has 40 MB."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """The data of a server as a tar file, with its password beside it."""

    folder: Path

    @property
    def exists(self) -> bool:
        return (self.folder / DATA).is_file()

    @contextmanager
    def opened(self) -> Iterator[tuple[BinaryIO, str]]:
        """Its tar file and its password, just as they were kept; counts as used.

        It may be replaced or removed meanwhile: what was opened stays as it is. Raises
        `OSError` when it is not there, or damaged.
        """
        with (self.folder / DATA).open("rb") as file:
            password = (self.folder / PASSWORD).read_text(encoding="utf-8")
            if _checksum(file, password) != (self.folder / _CHECKSUM).read_text(encoding="utf-8"):
                raise OSError(f"{self.folder} is damaged")
            with contextlib.suppress(OSError):
                os.utime(self.folder)
            file.seek(0)
            yield file, password

    def discard(self) -> None:
        """Takes it out of use at once: renamed first, so that nobody starts on half of it."""
        with contextlib.suppress(OSError):
            aside = tempfile.mkdtemp(dir=self.folder.parent, prefix=f".{self.folder.name}.")
            with contextlib.suppress(OSError):
                self.folder.rename(Path(aside, "discarded"))
            shutil.rmtree(aside, ignore_errors=True)


def slot(cache: Path, identity: str, owner: str, schema: str = "") -> Prepared:
    """Where the cache keeps the data of this build, for servers of this user; with `schema`,
    the data that has a template of this key."""
    told = (_LAYOUT, identity, owner, platform.machine(), schema)
    key = hashlib.sha256("\n".join(told).encode()).hexdigest()[:20]
    return Prepared(_home(cache) / key)


def keep(
    target: Path,
    password: str,
    write: Callable[[BinaryIO], None],
    unchanged: Callable[[], bool] = lambda: True,
) -> None:
    """What `write` writes becomes the data of `target`, whole or not at all.

    What is there already is replaced; of two at once, one stays. Raises `OSError` when it
    cannot be written, and when it is not `unchanged` afterwards.
    """
    with _aside(target.parent) as aside:
        with open(aside / DATA, "x+b", opener=_private) as file:
            write(file)
            file.seek(0)
            write_private(aside / _CHECKSUM, _checksum(file, password))
        write_private(aside / PASSWORD, password)
        if not unchanged():
            raise OSError("the data changed while it was copied")
        if target.exists():
            Prepared(target).discard()
        with contextlib.suppress(OSError):  # another was quicker: its data is as good
            aside.rename(target)


def sweep(cache: Path) -> tuple[str, ...]:
    """Removes what killed runs left half-made; never what somebody is at. Tells what."""
    with contextlib.suppress(OSError):
        hidden = (path for path in _home(cache).iterdir() if path.name.startswith("."))
        left = {path.with_name(path.name.removesuffix(_LOCK)) for path in hidden}
        return tuple(str(path) for path in sorted(left) if _remove_dead(path))
    return ()


def prune(cache: Path, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
    """Discards what was not used for longest, until the rest is within the bounds."""
    with contextlib.suppress(OSError):
        found = [path for path in _home(cache).iterdir() if not path.name.startswith(".")]
        left = most_bytes
        for number, path in enumerate(sorted(found, key=_used_at, reverse=True)):
            left -= _size(path)
            if number >= most or left < 0:
                Prepared(path).discard()


def write_private(path: Path, text: str) -> None:
    with open(path, "x", encoding="utf-8", opener=_private) as file:
        file.write(text)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _home(cache: Path) -> Path:
    return cache / "postgres" / "prepared"


@contextmanager
def _aside(home: Path) -> Iterator[Path]:
    """A folder of our own, locked for as long as we live; gone at the end, unless renamed."""
    home.mkdir(parents=True, exist_ok=True)
    aside = home / f".{secrets.token_hex(8)}"
    with _locked(aside) as mine:
        if not mine:
            raise OSError(f"no file can be locked below {home}")
        aside.mkdir(mode=0o700)
        try:
            yield aside
        finally:
            shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def _locked(aside: Path) -> Iterator[bool]:
    """Whether nobody else has it. The lock lies beside it: a folder with an open file in it
    cannot be renamed everywhere."""
    lock = aside.with_name(aside.name + _LOCK)
    held = lease.take(lock)
    try:
        yield held is not None
    finally:
        if held is not None:
            lock.unlink(missing_ok=True)
        lease.give_back(held)


def _remove_dead(path: Path) -> bool:
    with _locked(path) as dead:
        if dead:
            shutil.rmtree(path, ignore_errors=True)
        return dead


def _checksum(file: BinaryIO, password: str) -> str:
    digest = hashlib.sha256(password.encode())
    while chunk := file.read(_CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def _used_at(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.stat().st_mtime_ns
    return 0


def _size(path: Path) -> int:
    with contextlib.suppress(OSError):
        return sum(inside.stat().st_size for inside in path.iterdir())
    return 0
