"""A package's own scripts and tools as commands."""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

from cicd.errors import SettingsError
from cicd.frontend.package import known
from cicd.frontend.readonly import require_readonly
from cicd.frontend.shell_words import last_command, split_words
from cicd.model import Command
from cicd.system.state import STATE

if TYPE_CHECKING:
    from cicd.config.parts import Frontend
    from cicd.frontend.managers import Manager
    from cicd.frontend.package import Package
    from cicd.frontend.toolchain import Toolchain

Verb = Literal["format", "lint", "types", "test", "build"]
_READING: tuple[Verb, ...] = ("format", "lint", "types")


def plan_script(
    part: Frontend,
    verb: Verb,
    toolchain: Toolchain,
    package: Package,
    *,
    arguments: tuple[str, ...] = (),
) -> Command:
    """What the part declares for this verb: a script by its name, or a tool as a tuple.

    `CI` is set everywhere, so that a laptop runs what CI runs. Raises `SettingsError` when
    there is no such script, and for a check that writes.
    """
    chosen = choose(part, verb)
    if isinstance(chosen, str) and chosen not in package.scripts:
        names = ", ".join(sorted(package.scripts)) or "none"
        raise SettingsError(f"{part.path}/package.json has no script `{chosen}` (scripts: {names})")
    if verb in _READING:
        require_readonly(f"{part.path} {verb}", chosen, package.scripts)
    return plan_command(part, toolchain, package, chosen, arguments)


def choose(part: Frontend, verb: Verb) -> str | tuple[str, ...]:
    """The part's field for this verb, which must have a value."""
    fields = {
        "format": part.format,
        "lint": part.lint,
        "types": part.types,
        "test": part.test,
        "build": part.build,
    }
    chosen = known(fields[verb])
    if not chosen:
        raise SettingsError(f"{part.path} declares nothing for {verb}")
    return chosen


def plan_command(
    part: Frontend,
    toolchain: Toolchain,
    package: Package,
    chosen: str | tuple[str, ...],
    arguments: tuple[str, ...] = (),
) -> Command:
    """A script through the package manager, or a tool from `node_modules/.bin`."""
    manager = toolchain.manager
    arguments = (*arguments, *_left_out(part, package, chosen))
    if isinstance(chosen, str):
        argv = _run_script(manager, chosen, arguments)
    else:
        argv = (*_find_tool(toolchain, package, chosen[0]), *chosen[1:], *arguments)
    folders = (*map(str, package.bin_folders), manager.path)
    env = {"PATH": os.pathsep.join(folders), "CI": "true", **known(part.env)}
    return Command(argv, cwd=package.folder, env=env)


def _run_script(manager: Manager, script: str, arguments: tuple[str, ...]) -> tuple[str, ...]:
    # Without the dashes npm takes options for its own; the others would pass the dashes on.
    dashes = ("--",) if arguments and manager.name == "npm" else ()
    return (*manager.command, "run", script, *dashes, *arguments)


def _left_out(part: Frontend, package: Package, chosen: str | tuple[str, ...]) -> tuple[str, ...]:
    """prettier reads the .gitignore of its own folder only, and looks into `.cicd`, too."""
    words = list(chosen) if isinstance(chosen, tuple) else split_words(package.scripts[chosen])
    is_root = PurePath(part.path) == PurePath(".")
    return (f"!{STATE}/**",) if is_root and last_command(words)[0] == "prettier" else ()


def _find_tool(toolchain: Toolchain, package: Package, name: str) -> tuple[str, ...]:
    if name in package.programs:
        return (str(package.programs[name]),)
    if toolchain.manager.is_berry:
        # With Plug'n'Play there is no node_modules; Yarn knows where its programs are.
        return (*toolchain.manager.command, "run", name)
    return (name,)
