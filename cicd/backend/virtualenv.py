"""Makes empty virtual environments."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from cicd.backend.uv import run_install, uv_command

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.backend.interpreters import Interpreter
    from cicd.system.place import Place


def make_venv(place: Place, path: Path, interpreter: Interpreter) -> None:
    """An empty environment at `path`, whatever was there before."""
    shutil.rmtree(path, ignore_errors=True)
    arguments = ("venv", "--quiet", "--no-project", "--python", str(interpreter.path))
    command = uv_command(*arguments, str(path), cwd=place.root)
    run_install(place.runner, command, f"Python {interpreter.version}", "")
