"""What a file with settings, named from another folder, names in its turn."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from cicd.config.files import join, parent
from cicd.config.outside import is_outside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.config.files import Files

_SETTINGS = re.compile(r"\.(toml|cfg|ini|json|[cm]?[jt]s|txt|in|ya?ml)$")
_PATH = re.compile(r"(?:\.{1,2}/)*[\w@-][\w@.-]*(?:/[\w@.-]+)*/?")
_REQUIREMENTS = re.compile(r"^[ \t]*(?:-e|--editable)[ =]+(\S+)|^[ \t]*(\.{1,2}/\S+)", re.M)
_FOLDERS = re.compile(r"(?:^|/)(?:tsconfig|jsconfig)[^/]*\.json$")
"""Files that name folders of sources."""
_LARGEST = 256 * 1024
"""Settings are shorter: a description of an interface may be longer, and names no file."""


def followed(files: Files, name: str) -> Iterator[str]:
    """The files beside it and below that it names, as `-r base.txt` and "./strict.json" do, and
    the folders of projects. Names too many: a word that is the name of a file is enough."""
    text = files.text(name) if _SETTINGS.search(name) else ""
    if not text or len(text) > _LARGEST:
        return
    where, folders = parent(name), bool(_FOLDERS.search(name))
    for word in dict.fromkeys(_PATH.findall(text)):
        target = posixpath.normpath(join(where, word))
        if target == name:
            continue
        if target in files or is_outside(target):
            yield target
        elif word.startswith("."):  # the ending may be left out
            yield from (each for each in files.inside(parent(target)) if _is_meant(each, target))
        if folders and "/" in word and files.below(target):
            yield target
    for words in _REQUIREMENTS.findall(text):
        target = posixpath.normpath(join(where, "".join(words).partition("[")[0]))
        if is_outside(target) or (target != "." and files.below(target)):
            yield target


def _is_meant(name: str, target: str) -> bool:
    return name.startswith(f"{target}.") and "." not in name[len(target) + 1 :]
