"""The folders of a repository that are Node packages with something to check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.config.files import join
from cicd.config.scripts import VERBS, find_script
from cicd.config.skipped import may_be

if TYPE_CHECKING:
    from cicd.config.files import Files


def find_frontends(files: Files, *, everywhere: bool = False) -> list[str]:
    """Packages that have at least one check of their own.

    A workspace root whose scripts only start those of its packages is none, nor is a
    package that only holds tooling (husky, a release tool, end-to-end tests).
    """
    return sorted(
        folder
        for folder in files.folders("package.json")
        if may_be(folder, everywhere) and _has_checks(files, folder)
    )


def _has_checks(files: Files, folder: str) -> bool:
    package = files.json(join(folder, "package.json"))
    if not package.get("scripts") and not package.get("devDependencies"):
        return False
    return any(find_script(files, folder, verb).value for verb in VERBS)
