"""Folders that a compose file for development lays over what is in an image."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cicd.images.stack.model import services

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from cicd.images.stack.model import Model
    from cicd.images.stack.services import Build


def find_covers(model: Model, builds: Iterable[Build]) -> dict[str, tuple[str, ...]]:
    """For each service that is built here, the folders of its own sources that are mounted into
    it: with them the files of this machine would be tried, and not the image. A single file,
    such as nginx's settings, is no source."""
    found: dict[str, tuple[str, ...]] = {}
    for build in builds:
        for name in build.services:
            if covers := tuple(_covers(services(model)[name], build.context)):
                found[name] = covers
    return found


def _covers(service: Mapping[str, Any], context: Path) -> Iterator[str]:
    for mount in service.get("volumes") or ():
        if mount.get("type") == "bind":
            source = Path(mount["source"])
            inside = source.is_relative_to(context) and source.is_dir()
            if inside or context.is_relative_to(source):
                yield mount["source"]
