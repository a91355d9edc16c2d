"""Finds the compose file of the application."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from cicd.config.skipped import is_tooling
from cicd.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cicd.tree import Tree

NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")


def find_compose(tree: Tree, contexts: Iterable[str]) -> PurePosixPath:
    """The compose file of the folder that the images' contexts share, else of one above it, else
    the only one in a folder below it that is for tools (`docker/`, `deploy/`).

    Compose's own names, in its own order; never an override. Raises `SettingsError` without one.
    """
    files = frozenset(tree.files)
    shared = _shared([PurePosixPath(context) for context in contexts])
    for folder in (shared, *shared.parents):
        for name in NAMES:
            if str(folder / name) in files:
                return folder / name
    below = [PurePosixPath(name) for name in sorted(files) if name.endswith(NAMES)]
    aside = [p for p in below if p.name in NAMES and p.parent.parent == shared and _is_tools(p)]
    if len(aside) == 1:
        return aside[0]
    where = " and above".join((str(shared), "")) if str(shared) != "." else "the repository's root"
    raise SettingsError(
        f"there is no compose file in {where}, so nothing says what the application consists of",
        fix="`nox -s dockerfiles` writes a compose.yaml",
    )


def _is_tools(path: PurePosixPath) -> bool:
    return is_tooling(path.parent.name)


def _shared(folders: list[PurePosixPath]) -> PurePosixPath:
    same = PurePosixPath(".")
    for parts in zip(*(folder.parts for folder in folders), strict=False):
        if len(set(parts)) > 1:
            break
        same /= parts[0]
    return same


def service_line(text: str, service: str) -> int | None:
    """The line on which a service begins; None when it is not written here."""
    import yaml

    try:
        root: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return None
    for section, node in _entries(root):
        for name, _ in _entries(node) if section.value == "services" else ():
            if name.value == service:
                return int(name.start_mark.line) + 1
    return None


def _entries(node: object) -> Iterator[tuple[Any, Any]]:
    import yaml

    yield from node.value if isinstance(node, yaml.MappingNode) else ()
