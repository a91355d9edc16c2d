"""Which local images stay: what was verified, and what runs that go on have built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.system.owner import Owner
from cicd.system.state import read_object

if TYPE_CHECKING:
    from pathlib import Path


def kept_images(state: Path) -> frozenset[str]:
    """Names and ids of the images that `push` may still ask for, and of those that sessions
    are at work with."""
    verified = [
        image
        for path in (state / "verified").glob("*.json")
        for image in read_object(path).get("images") or ()
    ]
    running = [
        read_object(path)
        for folder in (state / "runs").glob("*")
        if not _is_over(folder)
        for path in (folder / "images").glob("*.built.json")
    ]
    known = (*verified, *running)
    return frozenset(str(each.get(key)) for each in known for key in ("reference", "image_id"))


def _is_over(run: Path) -> bool:
    try:
        owner = Owner.parse((run / "owner").read_text())
    except OSError:
        return True
    return owner is not None and owner.is_dead()
