"""Binaries for a server's user that cannot reach the cache: root's home is root's alone."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.database import fetch, server_user
from cicd.errors import MissingError
from cicd.system import locks, state

if TYPE_CHECKING:
    from cicd.database.server_user import ServerUser

_NAME = "cicd-binaries-{uid}"
_NO_PROGRAMS = getattr(os, "ST_NOEXEC", 0)
"""Only Linux tells."""


def readable(home: Path, user: ServerUser | None, places: tuple[Path, ...] = ()) -> Path:
    """`home` when the user reaches it, else a copy that is made once and kept."""
    if user is None or server_user.can_reach(home / "bin", user):
        return home
    copy = _shared_folder(places or _places(), user) / home.name
    if not _is_copy(copy, home):
        with locks.locked(copy.with_name(f"{copy.name}.lock")):
            if not _is_copy(copy, home):
                _make(copy, home)
    return copy


def _places() -> tuple[Path, ...]:
    return (Path("/var/tmp"), Path(tempfile.gettempdir()), Path("/tmp"), Path("/dev/shm"))


def _is_copy(copy: Path, home: Path) -> bool:
    return fetch.is_whole(copy) and fetch.render_manifest(copy) == fetch.render_manifest(home)


def _make(copy: Path, home: Path) -> None:
    shutil.rmtree(copy, ignore_errors=True)
    with state.folder_aside(copy) as aside:
        shutil.copytree(home, aside, symlinks=True, dirs_exist_ok=True)
        for place, _, files in os.walk(aside):
            os.chmod(place, 0o755)
            for path in (Path(place, name) for name in files):
                if not path.is_symlink():
                    path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)


def _shared_folder(places: tuple[Path, ...], user: ServerUser) -> Path:
    """A folder that only we can write to, and the user can run programs from."""
    for place in places:
        folder = place / _NAME.format(uid=os.geteuid())
        with contextlib.suppress(OSError):
            if os.statvfs(place).f_flag & _NO_PROGRAMS:
                continue
            folder.mkdir(mode=0o755, exist_ok=True)
            if _is_safe(folder) and server_user.can_reach(folder, user):
                return folder
    named = ", ".join(map(str, places))
    raise MissingError(f"the user {user.name} can run programs in none of {named}")


def _is_safe(folder: Path) -> bool:
    """Somebody else's folder of that name is left alone, and so is one others may write to."""
    found = folder.lstat()
    own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
    return own and not found.st_mode & 0o022
