"""Which tools a repository configures, read without parsing whole files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.config.files import join, line_at, upward

if TYPE_CHECKING:
    from cicd.config.files import Files

_MENTIONING = (
    "Makefile makefile justfile Justfile tox.ini noxfile.py Taskfile.yml Taskfile.yaml "
    "lefthook.yml .lefthook.yml pyproject.toml package.json"
).split()


def find_heading(files: Files, folder: str, base: str, heading: str) -> str:
    """Where a settings file of this folder, or above it, has a section: "file:line" or ""."""
    for above in upward(folder):
        name = join(above, base)
        for found, line in files.headings(name) if name in files else ():
            if found == heading or found.startswith((f"{heading}.", f"{heading}:")):
                return f"{name}:{line}"
    return ""


def find_file(files: Files, folder: str, *bases: str) -> str:
    """The nearest of these files, in this folder or above it."""
    return next((name for above in upward(folder) if (name := files.first(above, *bases))), "")


def find_hook(files: Files, folder: str, *hooks: str) -> str:
    """Where the pre-commit settings use one of these hooks."""
    name = find_file(files, folder, ".pre-commit-config.yaml", ".pre-commit-config.yml")
    for number, line in enumerate(files.text(name).splitlines() if name else (), start=1):
        key, _, value = line.strip(" -").partition(":")
        if key == "id" and value.partition("#")[0].strip(" \"'") in hooks:
            return f"{name}:{number}"
    return ""


def find_mention(files: Files, folder: str, pattern: str) -> str:
    """Where a script, a task file or a workflow of the repository calls a tool."""
    for name in task_files(files, folder):
        text = files.text(name)
        if found := re.search(pattern, text):
            return f"{name}:{line_at(text, found.start())}"
    return ""


def task_files(files: Files, folder: str) -> list[str]:
    """The scripts, task files and workflows of the repository, those near the folder first."""
    near: list[str] = []
    for above in upward(folder):
        near += [name for base in _MENTIONING if (name := join(above, base)) in files]
        near += [name for name in files.inside(above) if name.endswith(".sh")]
        near += [
            n
            for n in files.inside(join(above, "scripts"))
            if "." not in n.rpartition("/")[2] or n.endswith(".sh")
        ]
    return near + workflows(files)


def workflows(files: Files) -> list[str]:
    return [n for n in files.inside(".github/workflows") if n.endswith((".yml", ".yaml"))]
