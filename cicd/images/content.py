"""The content key: one name for everything that an image is built from."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.images.ignored import Ignored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

OURS = (".cicd", ".nox")
"""Folders that sessions write to: no input of an image, and new in every run."""
_LENGTH = 32
_FORM = "1"
"""Goes up when the key of the same input changes."""


def content_key(
    root: Path,
    *,
    files: Iterable[str],
    dockerfile: str,
    target: str | None,
    args: Mapping[str, str],
    platforms: Sequence[str],
    bases: Mapping[str, str],
    attestations: Sequence[str] = (),
) -> str:
    """The same for the same input, on every machine: no times, no paths outside.

    `files` are those of the context, relative to `root`; `bases` the digests of the images that
    the build takes from elsewhere.
    """
    whole = hashlib.sha256()
    plain = (_FORM, target, sorted(args.items()), list(platforms), sorted(bases.items()))
    whole.update(json.dumps((*plain, *attestations)).encode())
    for name in (dockerfile, *sorted(files)):
        for piece in (os.fsencode(name), *_content(root / name)):
            whole.update(len(piece).to_bytes(8))
            whole.update(piece)
    return whole.hexdigest()[:_LENGTH]


def _content(path: Path) -> tuple[bytes, bytes]:
    """What a build sees of a file: its kind, whether it can be run, and what is in it."""
    try:
        if path.is_symlink():
            return b"link", os.fsencode(os.readlink(path))
        mode = b"run" if path.stat().st_mode & 0o100 else b"file"
        return mode, path.read_bytes()
    except OSError:  # git lists it, and it was deleted; a submodule is a folder
        return b"none", b""


def context_files(names: Iterable[str], context: str, patterns: Sequence[str]) -> tuple[str, ...]:
    """Those of `names` (relative to the root) that a build of this context may read."""
    start = "" if context in ("", ".") else f"{context}/"
    ignored = Ignored(patterns)
    inside = (name for name in names if name.startswith(start))
    return tuple(name for name in inside if name[len(start) :] not in ignored)


def unknown_files(root: Path, known: Iterable[str], context: str, patterns: Sequence[str]) -> str:
    """A digest of names, sizes and times of what a build may read beside the `known` files:
    what git ignores. It tells on this machine whether anything of that changed."""
    seen = frozenset(known)
    whole = hashlib.sha256()
    for path in _walk(root / context, Ignored((*patterns, *OURS, ".git"))):
        name = path.relative_to(root).as_posix()
        if name not in seen:
            state = path.lstat()
            line = f"{name}\0{state.st_size}\0{state.st_mtime_ns}\n"
            whole.update(line.encode(errors="surrogateescape"))
    return whole.hexdigest()


def _walk(folder: Path, ignored: Ignored) -> Iterator[Path]:
    for above, folders, names in os.walk(folder):
        inner = Path(above).relative_to(folder)
        if not ignored.has_exceptions:
            folders[:] = [name for name in folders if (inner / name).as_posix() not in ignored]
        folders.sort()
        for name in sorted(names):
            if (inner / name).as_posix() not in ignored:
                yield Path(above, name)
