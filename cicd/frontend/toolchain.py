"""What runs a package's scripts: a Node, a package manager, and the folder with the lock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.frontend.managers import Manager, find_manager
from cicd.frontend.package import known
from cicd.frontend.runtime import Node, find_node

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from cicd.config.parts import Frontend
    from cicd.system.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolchain:
    """`folder` is the package's own, `lock_root` the one with the lock: the same, or above."""

    node: Node
    manager: Manager
    folder: Path
    lock_root: Path

    @property
    def versions(self) -> Mapping[str, str]:
        return {"node": self.node.version, self.manager.name: self.manager.version}

    @property
    def facts(self) -> Mapping[str, str]:
        """What decided the verdict, for the record."""
        node, manager = self.node, self.manager
        return {"node": f"{node.version} ({node.origin})", manager.name: manager.version}


def find_toolchain(
    place: Place,
    part: Frontend,
    *,
    lock_root: Path,
    path: str,
    uv: str,
    managed: Iterable[Path] = (),
) -> Toolchain:
    """The Node that the part declares and its package manager, fetched where they are missing.

    Raises `SettingsError` for a version that cannot be read, `MissingError` otherwise.
    """
    folder = place.root / part.path
    node = find_node(known(part.node), place, path=path, uv=uv, managed=managed, folder=folder)
    name = known(part.package_manager)
    manager = find_manager(place, name, node, folder=folder, lock_root=lock_root)
    return Toolchain(node=node, manager=manager, folder=folder, lock_root=lock_root)
