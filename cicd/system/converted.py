"""Files that git keeps in another form than they have on the disk, as attributes say."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.system.git import asking_git

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ATTRIBUTES = ".gitattributes"
_CONVERTING = re.compile(rb"filter=|\bident\b|working-tree-encoding=|attributesfile", re.IGNORECASE)
_NEITHER = "!ident !working-tree-encoding"
_CONVERTED = ("ls-files", "-z", "--", f":(exclude,attr:!filter {_NEITHER})")
"""All but the files of which none of these attributes is told, with whatever value."""
_BUT_LFS = (*_CONVERTED, f":(exclude,attr:filter=lfs {_NEITHER})")
_QUESTIONS = (_CONVERTED, _BUT_LFS)
_POINTER_BYTES = 1024
"""Git LFS keeps a digest of the content, in a file smaller than this: each id of a file as large
is that of one content. https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md"""


def list_converted(
    root: Path, attributes: Iterable[str], ids: Mapping[str, str]
) -> list[str] | str:
    """Those of `ids` that may stand for several contents of one size, or git's complaint.
    `attributes` are the files of attributes in `root`: where none of them, and none elsewhere,
    speaks of a conversion, git is not asked."""
    root = root.resolve()
    top = _top(root)
    elsewhere = (path for path in _elsewhere(root, top) if os.path.isfile(path))
    if not any(map(_speaks, (*(root / name for name in attributes), *elsewhere))):
        return []
    # Asked in a folder below, git may look for attributes in the wrong place.
    converted, others = (wait() for wait in [asking_git(top, *each) for each in _QUESTIONS])
    if converted.output is None or others.output is None:
        return converted.complaint or others.complaint
    prefix = "" if root == top else f"{root.relative_to(top).as_posix()}/"
    always = {*_below(prefix, others.output)}
    names = (name for name in _below(prefix, converted.output) if name in ids)
    return [name for name in names if name in always or _size(ids[name]) < _POINTER_BYTES]


def _below(prefix: str, output: str) -> Iterator[str]:
    for path in output.split("\0"):
        if path.startswith(prefix):
            yield path[len(prefix) :]


def _size(id: str) -> int:
    return int(id.rpartition(" ")[2])


def _top(root: Path) -> Path:
    """The folder of the repository around."""
    return next((one for one in (root, *root.parents) if os.path.exists(one / ".git")), root)


def _elsewhere(root: Path, top: Path) -> Iterator[Path]:
    """Where else attributes are told, or settings say where."""
    while root != top:
        root = root.parent
        yield root / ATTRIBUTES
    git = top / ".git"
    if os.path.isfile(git):
        git = top / _line(git).removeprefix("gitdir: ")
        git = git / _line(git / "commondir")
    home = Path(os.environ.get("HOME") or "/")
    settings = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "git"
    yield from (git / "info" / "attributes", git / "config", home / ".gitconfig")
    yield from (settings / "attributes", settings / "config")
    yield from (Path("/etc/gitattributes"), Path("/etc/gitconfig"))


def _line(path: Path) -> str:
    return path.read_text(errors="surrogateescape").strip() if os.path.isfile(path) else ""


def _speaks(path: Path) -> bool:
    """Also of one that is deleted or cannot be read: git may have it in its index."""
    try:
        return bool(_CONVERTING.search(path.read_bytes()))
    except OSError:
        return True
