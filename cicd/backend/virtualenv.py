"""Makes empty virtual environments."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from cicd.backend.pins import SETUPTOOLS
from cicd.backend.uv import run_install, uv_command

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.backend.interpreters import Interpreter
    from cicd.system.place import Place


def make_venv(place: Place, path: Path, interpreter: Interpreter, *, seeded: bool = False) -> None:
    """An empty environment at `path`, whatever was there before.

    `seeded`: with setuptools where Python's own venv brings it, before 3.12: packages of that
    time import `pkg_resources` and do not say so.
    """
    shutil.rmtree(path, ignore_errors=True)
    arguments = ("venv", "--quiet", "--no-project", "--python", str(interpreter.path))
    command = uv_command(*arguments, str(path), cwd=place.root)
    run_install(place.runner, command, f"Python {interpreter.version}", "")
    if seeded and needs_seed(interpreter.minor):
        install = ("pip", "install", "--quiet", "--python", str(path), SETUPTOOLS)
        run_install(place.runner, uv_command(*install, cwd=place.root), SETUPTOOLS, "")


def needs_seed(minor: str) -> bool:
    return tuple(map(int, minor.split("."))) < (3, 12)
