"""The usual tools of a Node package, as commands that check and do not write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.config.files import join, parent
from cicd.config.rewriting import tokens_of
from cicd.config.script_text import Scripts, commands_of
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


def _tsc(files: Files, folder: str, program: str = "tsc") -> tuple[str, ...] | None:
    """As the build script does it, without writing; else all that tsconfig.json names."""
    text = files.text(join(folder, "tsconfig.json"))
    if own := _of_build(files, folder, program):
        argv = own
    elif not text:
        return None
    else:
        # One that has files of its own may not refer to projects which emit nothing (TS6310).
        argv = (program, *(("-b",) if _ONLY_REFERS.search(text) else ()))
    builds = bool({"-b", "--build"}.intersection(argv))
    if "--noEmit" in argv or (builds and not _builds_silently(files, folder)):
        return argv
    return (*argv, "--noEmit")


_ONLY_REFERS = re.compile(
    r'"files"\s*:\s*\[\s*\].*"references"|"references".*"files"\s*:\s*\[\s*\]', re.S
)


def _of_build(files: Files, folder: str, program: str) -> tuple[str, ...]:
    """The only command of the build script that compiles with `program`; () for none."""
    scripts = Scripts(files, folder)
    lines = [line for name in ("prebuild", "build") for line in commands_of(scripts.whole(name))]
    found = [tuple(own) for line in lines if (own := tokens_of(line)) and own[0] == program]
    plain = found and not any(re.search("[$<>`]|emitDeclarationOnly|watch", a) for a in found[0])
    return found[0] if plain and len(found) == 1 else ()


def _builds_silently(files: Files, folder: str) -> bool:
    """`tsc -b --noEmit` exists since TypeScript 5.6."""
    package = files.json(join(folder, "package.json"))
    depends = {**(package.get("dependencies") or {}), **(package.get("devDependencies") or {})}
    version = re.search(r"(\d+)(?:\.(\d+))?", str(depends.get("typescript", "")))
    return bool(version) and (int(version[1]), int(version[2] or 0)) >= (5, 6) if version else True


def _vue_tsc(files: Files, folder: str) -> tuple[str, ...] | None:
    return _tsc(files, folder, "vue-tsc")


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
