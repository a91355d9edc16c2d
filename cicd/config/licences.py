"""The licence that a project declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cicd.config.files import join, upward

if TYPE_CHECKING:
    from cicd.config.files import Files


def find_licence(files: Files, folder: str) -> str:
    """The SPDX expression of the nearest `pyproject.toml` or `package.json`, or ""."""
    for above in upward(folder):
        for declared in (_python(files, above), _node(files, above)):
            if isinstance(declared, str) and declared and len(declared) < 80:
                return declared
    return ""


def _python(files: Files, folder: str) -> Any:
    table = files.toml(join(folder, "pyproject.toml"))
    project = table.get("project") or (table.get("tool") or {}).get("poetry") or {}
    declared = project.get("license")
    return declared.get("text") if isinstance(declared, dict) else declared


def _node(files: Files, folder: str) -> Any:
    declared = files.json(join(folder, "package.json")).get("license")
    return None if declared in ("UNLICENSED", "SEE LICENSE IN LICENSE") else declared
