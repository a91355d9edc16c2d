"""The parts of a repository, found by the files that make a folder a project."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cicd.config.backends import find_backends
from cicd.config.files import files_of, folder_of
from cicd.config.naming import name_folders
from cicd.config.parts import DISCOVER, Backend, Frontend
from cicd.config.skipped import may_be

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.config.files import Files
    from cicd.tree import Tree


def survey(tree: Tree) -> tuple[Backend | Frontend, ...]:
    """All backends and frontends, each with its name and nothing else: `resolve` finds the rest.

    Folders of examples, fixtures and templates count only where there is nothing else.
    """
    return _survey(tree, everywhere=False) or _survey(tree, everywhere=True)


def name_parts(tree: Tree, parts: Sequence[Backend | Frontend]) -> tuple[Backend | Frontend, ...]:
    """The parts, with a name for each that was given none."""
    folders = [(_kind(part), folder_of(part.path)) for part in parts]
    names = name_folders(files_of(tree), folders)
    return tuple(
        replace(part, name=name) if part.name is DISCOVER else part
        for part, name in zip(parts, names, strict=True)
    )


def _survey(tree: Tree, *, everywhere: bool) -> tuple[Backend | Frontend, ...]:
    files = files_of(tree)
    backends = [Backend(folder or ".") for folder in find_backends(files, everywhere=everywhere)]
    frontends = [Frontend(folder or ".") for folder in _frontends(files, everywhere)]
    return name_parts(tree, (*backends, *frontends))


def _frontends(files: Files, everywhere: bool) -> list[str]:
    """Reading packages is imported only where there is one to read."""
    folders = [folder for folder in files.folders("package.json") if may_be(folder, everywhere)]
    if not folders:
        return []
    from cicd.config.frontends import find_frontends

    return find_frontends(files, everywhere=everywhere)


def _kind(part: Backend | Frontend) -> str:
    return "backend" if isinstance(part, Backend) else "frontend"
