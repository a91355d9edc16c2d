"""What is in an environment: its Python, and every package with its version."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.backend.environment import Environment

_SUFFIX = ".dist-info"


def read_python(environment: Environment) -> str:
    """ "CPython 3.13.0": the implementation as the environment itself tells it."""
    settings = environment.path / "pyvenv.cfg"
    text = settings.read_text(encoding="utf-8") if settings.is_file() else ""
    found = re.search(r"^implementation *= *(\S+)", text, re.M)
    return f"{found[1] if found else 'CPython'} {environment.interpreter.version}"


def read_packages(environment: Environment) -> dict[str, str]:
    """The version of each package, without those that are installed from a folder: their
    version may hold a time, and their files are read from the checkout."""
    found = {}
    for places in ("lib/python*/site-packages", "Lib/site-packages"):
        for folder in environment.path.glob(places):
            names = (name for name in os.listdir(folder) if name.endswith(_SUFFIX))
            for name in sorted(names):
                package, _, version = name.removesuffix(_SUFFIX).rpartition("-")
                if not _is_from_folder(folder / name):
                    found[package.replace("_", "-").lower()] = version
    return found


def _is_from_folder(folder: Path) -> bool:
    """https://packaging.python.org/en/latest/specifications/direct-url/"""
    try:
        return '"dir_info"' in (folder / "direct_url.json").read_text(encoding="utf-8")
    except OSError:
        return False
