"""The user that a server runs as: PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

NAMES = ("postgres", "nobody")
"""Users that are there already; we never make one. `initdb` wants a passwd entry."""


@dataclass(frozen=True, slots=True)
class ServerUser:
    """An unprivileged user of this machine."""

    name: str
    uid: int
    gid: int

    @property
    def ids(self) -> tuple[int, int]:
        return self.uid, self.gid


def needs_user() -> bool:
    return os.name == "posix" and os.geteuid() == 0


def find_user(names: tuple[str, ...] = NAMES) -> ServerUser | None:
    """The first of these users that this machine has."""
    import pwd

    for name in names:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerUser(name, entry.pw_uid, entry.pw_gid)
    return None


def can_reach(path: Path, user: ServerUser | None) -> bool:
    """Whether the user may pass through every folder down to `path`, and read it."""
    if user is None:
        return os.access(path, os.R_OK | os.X_OK)
    try:
        resolved = path.resolve(strict=True)
        return all(_may_pass(folder, user) for folder in (resolved, *resolved.parents))
    except OSError:
        return False


def _may_pass(folder: Path, user: ServerUser) -> bool:
    stat = folder.stat()
    shift = 6 if stat.st_uid == user.uid else 3 if stat.st_gid == user.gid else 0
    return bool(stat.st_mode >> shift & 0o1)


def give_to(user: ServerUser | None, folder: Path) -> None:
    """Makes the user the owner of a folder of ours and of all that is in it."""
    if user is None:
        return
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(os.path.join(place, name), *user.ids, follow_symlinks=False)
    os.chown(folder, *user.ids)
