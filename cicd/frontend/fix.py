"""The commands that put right what the checks complain about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.frontend.readonly import expand, find_writing
from cicd.frontend.scripts import plan_command

if TYPE_CHECKING:
    from cicd.config.parts import Frontend
    from cicd.frontend.package import Package
    from cicd.frontend.toolchain import Toolchain
    from cicd.model import Command

_FIXES = ("lint:fix", "fix:lint", "lint-fix", "fix")
_FORMATS = ("format", "format:write", "format:fix", "prettier:write", "fmt")


def fix_commands(part: Frontend, toolchain: Toolchain, package: Package) -> tuple[Command, ...]:
    """The linter first, the formatter last: it has the last word on how code looks.

    The package's own scripts that write, else eslint, prettier or biome where they are
    dependencies. Empty when there is nothing that could write.
    """
    chosen = (_choose_fix(package), _choose_format(package))
    return tuple(
        plan_command(part, toolchain, package, one) for one in dict.fromkeys(chosen) if one
    )


def _choose_fix(package: Package) -> str | tuple[str, ...]:
    if script := _writing_script(package, (*_FIXES, "lint")):
        return script
    if "eslint" in package.dependencies:
        return ("eslint", "--fix", ".")
    return _biome(package)


def _choose_format(package: Package) -> str | tuple[str, ...]:
    if script := _writing_script(package, _FORMATS):
        return script
    if "prettier" in package.dependencies:
        return ("prettier", "--write", ".")
    return _biome(package)


def _biome(package: Package) -> tuple[str, ...]:
    return ("biome", "check", "--write", ".") if "@biomejs/biome" in package.dependencies else ()


def _writing_script(package: Package, names: tuple[str, ...]) -> str:
    """The first of these scripts that writes, or that calls one which does by its name."""
    found = (name for name in names if name in package.scripts)
    return next((name for name in found if _writes(name, package)), "")


def _writes(script: str, package: Package) -> bool:
    return any(find_writing(text) for text in expand(script, package.scripts))
