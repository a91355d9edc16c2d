"""The Python sources of a part: which are its own, and the names they are imported by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.config.files import join, parent, upward
from cicd.config.skipped import is_never, is_seldom
from cicd.config.territory import is_own

if TYPE_CHECKING:
    from cicd.config.files import Files

_IMPORTED = re.compile(r"^(?:from|import)[ \t]+([A-Za-z_]\w*)", re.M)


def own_sources(files: Files, folder: str) -> list[str]:
    """The Python files that run in production: no tests, no examples, no nested projects."""
    own: dict[str, bool] = {}
    found = []
    for name in files.below(folder):
        if not name.endswith(".py") or name.rpartition("/")[2].startswith(("test_", "conftest")):
            continue
        inner = parent(name)[len(folder) :].strip("/")
        if inner not in own:
            aside = bool(inner) and (is_never(inner) or is_seldom(inner))
            own[inner] = not aside and is_own(files, folder, parent(name))
        if own[inner]:
            found.append(name)
    return found


def import_root(files: Files, folder: str, name: str) -> str:
    """The folder that must be on the path for this file: the one from which most of what the
    file imports can be found; of equal ones `src/`, else the part's own."""
    imported = set(_IMPORTED.findall(files.text(name)))
    candidates = [f for f in upward(parent(name)) if len(f) >= len(folder)]
    scores = {each: _known(files, each, imported) for each in candidates}
    best = max(scores.values())
    equal = [each for each in candidates if scores[each] == best]
    src = join(folder, "src")
    return src if src in equal and join(src, "__init__.py") not in files else equal[-1]


def module_name(root: str, name: str) -> str:
    """ "backend/app/main.py" below "backend" is "app.main"."""
    dotted = name[len(root) :].strip("/").removesuffix(".py").replace("/", ".")
    return dotted.removesuffix(".__init__")


def _known(files: Files, folder: str, imported: set[str]) -> int:
    return sum(
        join(folder, f"{name}.py") in files or bool(files.below(join(folder, name)))
        for name in imported
    )
