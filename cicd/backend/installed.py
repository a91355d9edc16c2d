"""What is in an environment: its Python, and every package with its version."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.system import python_packages

if TYPE_CHECKING:
    from cicd.backend.environment import Environment


def read_python(environment: Environment) -> str:
    """ "CPython 3.13.0": the implementation as the environment itself tells it."""
    settings = environment.path / "pyvenv.cfg"
    text = settings.read_text(encoding="utf-8") if settings.is_file() else ""
    found = re.search(r"^implementation *= *(\S+)", text, re.M)
    return f"{found[1] if found else 'CPython'} {environment.interpreter.version}"


def read_packages(environment: Environment) -> dict[str, str]:
    """The version of each package that does not come from a folder."""
    return python_packages.read_packages(environment.path)
