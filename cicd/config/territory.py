"""Which folders below a project are its own, and not another project's or an example."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.config.files import folder_of, join, upward
from cicd.config.skipped import is_never, is_seldom

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.config.files import Files
    from cicd.config.parts import Part

_TESTS = frozenset(("test", "tests", "testing"))


def is_own(files: Files, project: str, folder: str) -> bool:
    """Folders of tests are a project's own; its examples, templates and nested projects are not."""
    inner = folder[len(project) :].strip("/") if project else folder
    kept = "/".join(piece for piece in inner.split("/") if piece not in _TESTS)
    if kept and (is_never(kept) or is_seldom(kept)):
        return False
    between = (each for each in upward(folder) if len(each) > len(project))
    return not any(_is_project(files, each) for each in between)


def _is_project(files: Files, folder: str) -> bool:
    name = join(folder, "pyproject.toml")
    return any(heading in ("project", "tool.poetry") for heading, _ in files.headings(name))


def others_below(part: Part, parts: Sequence[Part]) -> tuple[str, ...]:
    """The folders of other parts that lie in this one's folder: each part sees to its own."""
    own = folder_of(part.path)
    others = dict.fromkeys(folder_of(other.path) for other in parts)
    return tuple(folder for folder in others if folder != own and folder.startswith(join(own, "")))
