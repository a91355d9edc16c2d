"""Reads the fields of a completed part: discovery has replaced every `DISCOVER`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cicd.config.parts import Backend, Discover

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cicd.system.place import Place


def words(value: str | tuple[str, ...] | None | Discover) -> tuple[str, ...]:
    """One word or several as a tuple; none for None and for what was not discovered."""
    if value is None or isinstance(value, Discover):
        return ()
    return (value,) if isinstance(value, str) else value


def text(value: str | Discover) -> str:
    return "" if isinstance(value, Discover) else value


def part_name(part: Backend) -> str:
    return text(part.name) or Path(part.path).name or "backend"


def part_folder(place: Place, part: Backend) -> Path:
    return place.root / part.path


def from_root(place: Place, folder: Path, name: str) -> str:
    """A path that a tool printed while it ran in `folder`, relative to the repository's root.

    A path that lies outside of the repository is returned as it is.
    """
    path = Path(name) if Path(name).is_absolute() else folder / name
    for root in _spellings(place.root):
        for spelled in _spellings(path):
            if spelled.is_relative_to(root):
                return spelled.relative_to(root).as_posix()
    return name


def _spellings(path: Path) -> Iterable[Path]:
    """As it is written, and as it is when links are followed (macOS: /tmp is a link)."""
    return (path, path.resolve())
