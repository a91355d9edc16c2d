"""The package manager of a frontend, the folder of its lock, and its Node version."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cicd.config.files import files_of, folder_of, join, upward
from cicd.config.finding import Finding
from cicd.config.workspaces import node_root

if TYPE_CHECKING:
    from cicd.config.files import Files
    from cicd.config.parts import Frontend
    from cicd.tree import Tree

_LOCKS = {
    "bun.lock": "bun",
    "bun.lockb": "bun",
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
}
_VERSION = r"^v?(\d+(?:\.\d+){0,2})$"


def find_package_manager(files: Files, folder: str) -> Finding:
    """By lock; of several locks the one that the `packageManager` field names."""
    root = _lock_folder(files, folder)
    locks = [base for base in _LOCKS if join(root, base) in files]
    named, origin = _named(files, folder, root)
    for base in locks:
        if _LOCKS[base] == named or not named:
            others = [other for other in locks if _LOCKS[other] != _LOCKS[base]]
            notes = (f"{', '.join(others)} is there too, and not used",) if others else ()
            return Finding(_LOCKS[base], join(root, base), *notes)
    if named:
        return Finding(named, origin, "has no lock file")
    if locks:
        return Finding(_LOCKS[locks[0]], join(root, locks[0]))
    return Finding("npm", "default", "has no lock file")


def lock_root(tree: Tree, part: Frontend) -> PurePosixPath:
    """The folder to install in: that of the lock, the part's own or its workspace's root."""
    return PurePosixPath(_lock_folder(files_of(tree), folder_of(part.path)) or ".")


def has_lock(tree: Tree, part: Frontend) -> bool:
    """Whether a lock of the part's package manager tells the versions of what is installed."""
    files, folder = files_of(tree), folder_of(str(lock_root(tree, part)))
    return any(
        join(folder, base) in files
        for base, manager in _LOCKS.items()
        if manager == part.package_manager
    )


def find_node(files: Files, folder: str) -> Finding:
    """`.nvmrc`, `.node-version`, volta, `.tool-versions`, engines: the nearest; "" for any."""
    for above in upward(folder):
        if found := _from_files(files, above) or _from_package(files, above):
            return found
    return Finding("")


def find_node_env(files: Files, folder: str) -> Finding:
    """Nothing: a package reads its own `.env` files."""
    return Finding({})


def _lock_folder(files: Files, folder: str) -> str:
    if files.first(folder, *_LOCKS):
        return folder
    root = node_root(files, folder)
    return root if files.first(root, *_LOCKS) or root != folder else folder


def _named(files: Files, folder: str, root: str) -> tuple[str, str]:
    for each in (folder, root):
        name = join(each, "package.json")
        field = str(files.json(name).get("packageManager") or "")
        manager = field.partition("@")[0]
        if manager in _LOCKS.values():
            return manager, files.at(name, '"packageManager"')
    return "", ""


def _from_files(files: Files, folder: str) -> Finding | None:
    for base in (".nvmrc", ".node-version"):
        name = join(folder, base)
        found = re.match(_VERSION, files.text(name).strip()) if name in files else None
        if found:
            return Finding(found[1], f"{name}:1")
    name = join(folder, ".tool-versions")
    tools = re.search(r"^(?:nodejs|node)[ \t]+v?(\d[\d.]*)", files.text(name), re.M)
    return Finding(tools[1], files.at(name, tools[0])) if tools else None


def _from_package(files: Files, folder: str) -> Finding | None:
    name = join(folder, "package.json")
    package = files.json(name)
    for table in ("volta", "engines"):
        settings = package.get(table)
        wanted = settings.get("node") if isinstance(settings, dict) else None
        if wanted:
            return Finding(str(wanted), files.at(name, f'"{table}"'))
    return None
