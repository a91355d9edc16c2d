"""Writes what is planned, and never over what is there."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.images.dockerfiles.plan import Planned


def write_file(root: Path, planned: Planned) -> bool:
    """Writes aside and moves into place; false where a file of this name is there already."""
    target = root / planned.path
    if os.path.lexists(target):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(planned.text)
        os.chmod(aside, 0o644)
        return _place(aside, target)
    finally:
        if os.path.lexists(aside):
            os.unlink(aside)


def _place(aside: str, target: Path) -> bool:
    """A link is refused where the name is taken, also by someone who came this very moment."""
    try:
        os.link(aside, target)
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        os.rename(aside, target)
    return True
