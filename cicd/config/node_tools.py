"""The usual tools of a Node package, as commands that check and do not write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.config.files import join, parent
from cicd.config.skipped import is_never

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicd.config.files import Files

    Command = Callable[[Files, str], tuple[str, ...] | None]

_SOURCE = (".ts", ".tsx", ".js", ".jsx", ".vue", ".svelte", ".mts", ".mjs", ".astro")
_SETTINGS = re.compile(r"(^|/)[\w.-]*(config|rc)\.[cm]?[jt]s$|(^|/)\.[^/]*$")


def has_sources(files: Files, folder: str) -> bool:
    """Whether the package has code, and not only the settings of tools."""
    nested = [f for f in files.folders("package.json") if f != folder and _is_below(f, folder)]
    return any(
        name.endswith(_SOURCE)
        and not _SETTINGS.search(name)
        and not is_never(parent(name))
        and not any(_is_below(parent(name), other) for other in nested)
        for name in files.below(folder)
    )


def _is_below(folder: str, above: str) -> bool:
    return not above or folder == above or folder.startswith(f"{above}/")


def _always(*argv: str) -> Command:
    return lambda files, folder: argv


def _eslint(files: Files, folder: str) -> tuple[str, ...] | None:
    """eslint refuses to run without its settings, which may lie in a folder above."""
    return ("eslint", ".")


def _tsc(files: Files, folder: str) -> tuple[str, ...] | None:
    text = files.text(join(folder, "tsconfig.json"))
    if not text:
        return None
    if '"references"' not in text:
        return ("tsc", "--noEmit")
    return ("tsc", "-b", "--noEmit") if _builds_silently(files, folder) else ("tsc", "-b")


def _builds_silently(files: Files, folder: str) -> bool:
    """`tsc -b --noEmit` exists since TypeScript 5.6."""
    package = files.json(join(folder, "package.json"))
    depends = {**(package.get("dependencies") or {}), **(package.get("devDependencies") or {})}
    version = re.search(r"(\d+)(?:\.(\d+))?", str(depends.get("typescript", "")))
    return bool(version) and (int(version[1]), int(version[2] or 0)) >= (5, 6) if version else True


def _vue_tsc(files: Files, folder: str) -> tuple[str, ...] | None:
    command = _tsc(files, folder)
    return ("vue-tsc", *command[1:]) if command else None


TOOLS: dict[str, tuple[tuple[str, Command], ...]] = {
    "format": (
        ("prettier", _always("prettier", "--check", ".")),
        ("oxfmt", _always("oxfmt", "--check")),
        ("@biomejs/biome", _always("biome", "format")),
    ),
    "lint": (
        ("eslint", _eslint),
        ("@biomejs/biome", _always("biome", "lint")),
        ("oxlint", _always("oxlint")),
    ),
    "types": (
        ("vue-tsc", _vue_tsc),
        ("svelte-check", _always("svelte-check")),
        ("typescript", _tsc),
    ),
    "test": (("vitest", _always("vitest", "run")), ("jest", _always("jest"))),
}
