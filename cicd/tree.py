"""The files of a repository."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Tree(NamedTuple):
    """The files that git does not ignore: names with `/`, relative to the repository's root.

    Names are text: paths of ten thousand files would cost more than reading the list.
    """

    root: Path
    files: tuple[str, ...]

    def below(self, folder: PurePosixPath) -> Iterator[PurePosixPath]:
        """The files in a folder and its folders."""
        start = "" if folder == PurePosixPath(".") else f"{folder}/"
        return (PurePosixPath(file) for file in self.files if file.startswith(start))
