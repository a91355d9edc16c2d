"""A lock that outlives its taker in the processes it was handed to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def take(path: Path) -> int | None:
    """Locks this file, made when it is not there; None when another holds it.

    The descriptor can be handed to a child: the lock is free once all of them are closed,
    by whatever. None as well when the file was removed meanwhile: then it locks nothing.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _NO_LINK, 0o600)
    except OSError:
        return None
    if _lock(descriptor) and _is_still(path, descriptor):
        return descriptor
    os.close(descriptor)
    return None


def give_back(descriptor: int | None) -> None:
    if descriptor is not None:
        os.close(descriptor)


def is_own(path: Path) -> bool:
    """Whether the file belongs to the user we are."""
    return os.name != "posix" or path.lstat().st_uid == os.geteuid()


_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


def _lock(descriptor: int) -> bool:
    try:
        if os.name == "posix":
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            _lock_on_windows(descriptor)
    except OSError:
        return False
    return True


def _lock_on_windows(descriptor: int) -> None:
    import msvcrt

    msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]


def _is_still(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except OSError:
        return False
