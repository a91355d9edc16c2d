"""Requirements files: uv installs them all in one go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.backend.fields import words
from cicd.backend.stamp import requirement_files
from cicd.backend.uv import run_install, uv_command
from cicd.backend.virtualenv import make_venv
from cicd.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.backend.installers.port import Installation

_UNPINNED = re.compile(r"^\s*[A-Za-z][\w.\-\[\], ]*\s*(?:;|#|$|[<>~!]=?|===?.*\*)", re.MULTILINE)


def inputs(job: Installation) -> tuple[Path, ...]:
    named = requirement_files(job.folder, words(job.part.requirements))
    return (*named, job.folder / "pyproject.toml", job.folder / "setup.py")


def run_installation(job: Installation) -> tuple[str, ...]:
    names = words(job.part.requirements)
    if not names:
        raise SettingsError(
            f'cicd.Backend("{job.part.path}", install="requirements"): it has no such file',
            fix='name them: requirements=("requirements.txt",)',
        )
    make_venv(job.place, job.path, job.interpreter, seeded=True)
    options = tuple(word for name in names for word in ("-r", name))
    arguments = ("pip", "install", "--quiet", "--python", str(job.path), *options)
    command = uv_command(*arguments, cwd=job.folder)
    what = f"the requirements of {job.part.path}"
    run_install(job.place.runner, command, what, job.named(job.folder / names[0]))
    return _notes(job)


def _notes(job: Installation) -> tuple[str, ...]:
    files = requirement_files(job.folder, words(job.part.requirements))
    texts = {file: file.read_text(errors="replace") for file in files if file.is_file()}
    loose = [file for file, text in texts.items() if _UNPINNED.search(text)]
    return tuple(f"{job.named(file)} does not pin every version" for file in loose)
