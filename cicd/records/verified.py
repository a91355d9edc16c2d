"""What `ci` verified: the images of a content that was green, for `push` to find."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from cicd.system.state import write_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cicd.records.record import Record

SCHEMA = 1
_KEPT = 20
"""Each keeps its images in the engine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedImage:
    """One image of a green run, as its session recorded it."""

    name: str
    image_id: str
    reference: str
    content_key: str
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A green `ci`: `tree` is git's name for the whole content that it judged."""

    tree: str
    commit: str
    run: str
    finished_at: str
    images: tuple[VerifiedImage, ...] = ()


def write_verified(state: Path, verified: Verified) -> None:
    """Keeps it below `.cicd/verified/`, under the name of its content; the last twenty stay."""
    text = json.dumps({"schema": SCHEMA, **asdict(verified)}, indent=2) + "\n"
    path = _path(state, verified.tree)
    write_text(path, text)
    for older in sorted(path.parent.glob("*.json"), key=_written, reverse=True)[_KEPT:]:
        older.unlink(missing_ok=True)


def read_verified(state: Path, tree: str) -> Verified | None:
    """What was verified of this content; None when no `ci` was green for it."""
    try:
        values = json.loads(_path(state, tree).read_text(encoding="utf-8"))
        if values.pop("schema") != SCHEMA:
            return None
        images = tuple(VerifiedImage(**image) for image in values.pop("images"))
        return Verified(images=images, **values)
    except (OSError, ValueError, LookupError, TypeError):
        return None


def forget_verified(state: Path, tree: str) -> None:
    """What was green once and is red now is not verified."""
    _path(state, tree).unlink(missing_ok=True)


def _written(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:  # another run forgets it at this moment
        return 0


def verified_images(records: Iterable[Record]) -> tuple[VerifiedImage, ...]:
    """The images that the sessions of a run built and proved."""
    names = ("image_id", "reference", "content_key", "digest")
    return tuple(
        VerifiedImage(
            name=record.part,
            **{name: record.outcome.facts.get(name, "") for name in names},
        )
        for record in records
        if record.verb == "image"
    )


def _path(state: Path, tree: str) -> Path:
    return state / "verified" / f"{tree}.json"
