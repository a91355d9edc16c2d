"""A server's data folder as one tar file, and back."""

from __future__ import annotations

import io
import os
import tarfile
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_OF_THE_RUN = ("postmaster.pid", "postmaster.opts")
_EMPTIED = ("pg_dynshmem", "pg_stat_tmp")
"""A server empties them at its start."""


def pack(data: Path, file: BinaryIO) -> None:
    """Writes what is in `data`, whose server is stopped or idle. Raises `OSError`."""
    with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, entry in _walk(str(data), ""):
            member = tarfile.TarInfo(name)
            if entry.is_symlink():
                raise OSError(f"{name} lies elsewhere")  # a tablespace
            if entry.is_dir():
                member.type, member.mode = tarfile.DIRTYPE, 0o700
                tar.addfile(member)
            elif entry.is_file():
                with open(entry.path, "rb") as source:
                    content = source.read()
                member.size, member.mode = len(content), 0o600
                tar.addfile(member, io.BytesIO(content))


def unpack(file: BinaryIO, data: Path, owner: tuple[int, int] | None) -> None:
    """The reverse, into a new folder; `owner` is who all of it shall belong to.

    Not by `extractall`, which takes twice as long. Raises `OSError` for anything but plain
    files and folders below `data`.
    """
    _make_folder(str(data), owner)
    try:
        with tarfile.open(fileobj=file, mode="r:") as tar:
            for member in tar:
                name = os.path.normpath(member.name)
                if name.startswith(("..", "/")) or not (member.isdir() or member.isfile()):
                    raise OSError(f"{member.name} is nothing of a data folder")
                if member.isfile():
                    _write(os.path.join(data, name), tar, member, owner)
                elif name != ".":
                    _make_folder(os.path.join(data, name), owner)
    except tarfile.TarError as error:
        raise OSError(str(error)) from error


def _walk(folder: str, inside: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name in _OF_THE_RUN:
                continue
            name = f"{inside}{entry.name}"
            yield name, entry
            if entry.is_dir(follow_symlinks=False) and name not in _EMPTIED:
                yield from _walk(entry.path, f"{name}/")


def _make_folder(path: str, owner: tuple[int, int] | None) -> None:
    os.mkdir(path, 0o700)
    if owner:
        os.chown(path, *owner)


def _write(
    path: str, tar: tarfile.TarFile, member: tarfile.TarInfo, owner: tuple[int, int] | None
) -> None:
    source = tar.extractfile(member)
    assert source is not None
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as target:
        target.write(source.read())
    if owner:
        os.chown(path, *owner)
