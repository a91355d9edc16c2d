"""Files that many processes read and write at once: written aside, moved into place."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import time
from pathlib import Path

from cicd.system.owner import Owner, current_owner

ASIDE = "aside"
_FORGOTTEN_S = 24 * 3600
"""After so long nobody still writes a file, whoever its owner is."""


def read_file(path: Path, limit_bytes: int) -> bytes | None:
    """None where there is none, and for what is larger, or no file at all."""
    try:
        # A pipe in its place would wait for somebody to write.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
    except (OSError, ValueError):
        return None
    try:
        there = os.fstat(handle)
        if not stat.S_ISREG(there.st_mode) or there.st_size > limit_bytes:
            return None
        return os.read(handle, limit_bytes) if there.st_size else b""
    except OSError:
        return None
    finally:
        os.close(handle)


def write_file(home: Path, name: str, content: bytes) -> None:
    """Writes `home/name`. Whoever may read and write in `home` may also use what is written.

    Nothing waits for the disk: what a power cut leaves is no entry. Raises `OSError`.
    """
    access = stat.S_IMODE(home.stat().st_mode)
    path = home / name
    _make_folders(home, path.parent, access)
    _make_folders(home, home / ASIDE, access)
    owner = str(current_owner()).replace("/", ",")
    aside = home / ASIDE / f"{owner},{os.urandom(4).hex()}"
    try:
        with open(aside, "xb") as file:
            file.write(content)
        _allow(aside, access & 0o666)
        _replace(aside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise


def sweep_aside(home: Path) -> None:
    """Removes what killed processes were writing."""
    with contextlib.suppress(OSError), os.scandir(home / ASIDE) as found:
        for one in found:
            with contextlib.suppress(OSError):  # another process may have swept it
                owner = Owner.parse(one.name.rpartition(",")[0].replace(",", "/"))
                modified = one.stat(follow_symlinks=False).st_mtime
                if (owner and owner.is_dead()) or age_s(modified) > _FORGOTTEN_S:
                    remove_file(Path(one.path))


def remove_file(path: Path) -> bool:
    """False where it is not for us to remove; another process may have been here before."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def age_s(modified: float, now: float | None = None) -> float:
    """How old a file is. One of a time to come is as old as can be: its clock was wrong, and
    nobody can tell how far."""
    age = (time.time() if now is None else now) - modified
    return age if age > -_SKEW_S else float("inf")


_SKEW_S = 300
"""The clocks of a server and its clients differ."""
_BINARY = getattr(os, "O_BINARY", 0)


def _make_folders(home: Path, folder: Path, access: int) -> None:
    if folder.is_dir() or folder == home:
        return
    _make_folders(home, folder.parent, access)
    with contextlib.suppress(FileExistsError):
        folder.mkdir()
        _allow(folder, access)
    if not folder.is_dir():
        raise NotADirectoryError(20, "not a folder", os.fspath(folder))


def _allow(path: Path, access: int) -> None:
    with contextlib.suppress(OSError):  # a file system without permissions
        path.chmod(access)


def _replace(aside: Path, path: Path) -> None:
    try:
        os.replace(aside, path)
    except OSError:
        if path.is_symlink() or not path.is_dir():
            raise
        shutil.rmtree(path)
        os.replace(aside, path)
