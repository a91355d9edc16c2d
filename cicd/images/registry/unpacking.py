"""Unpacks what the engine saves of an image."""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import IO, cast

from cicd.images.stream import ChunkReader


def unpack(archive: Iterable[bytes], folder: Path) -> Path:
    """Files, and links between them; returns `folder`, which nothing leads out of.

    `tarfile` has a filter for this from Python 3.11.4 on only. Raises `tarfile.TarError` for
    an archive that cannot be read, or that would write elsewhere.
    """
    with tarfile.open(fileobj=cast("IO[bytes]", ChunkReader(archive)), mode="r|") as tar:
        for member in tar:
            path = _inside(folder, PurePosixPath(member.name))
            path.parent.mkdir(parents=True, exist_ok=True)
            if content := tar.extractfile(member) if member.isfile() else None:
                with path.open("wb") as file:
                    shutil.copyfileobj(content, file)
            elif member.issym():
                beside = PurePosixPath(member.name).parent / member.linkname
                path.symlink_to(_inside(folder, beside).resolve())
            elif member.islnk():
                path.hardlink_to(_inside(folder, PurePosixPath(member.linkname)))
    return folder


def _inside(folder: Path, name: PurePosixPath) -> Path:
    path = folder / name
    if name.is_absolute() or not path.resolve().is_relative_to(folder.resolve()):
        raise tarfile.ReadError(f"the archive names a file outside of its folder: {name}")
    return path
