"""Locks between processes; a process that dies gives its locks back."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from cicd.errors import MissingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the lock that this file stands for; waits for its turn. The file stays.

    Raises `MissingError` where nothing can be written: what a lock guards lies beside it.
    """
    import filelock

    lock = filelock.FileLock(path, thread_local=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise MissingError(f"cannot write below {path.parent}: {error.strerror}") from error
    try:
        yield
    finally:
        lock.release()
