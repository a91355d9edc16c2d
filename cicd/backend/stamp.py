"""What an environment was made from: the same key, the same environment."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_INCLUDED = re.compile(r"^\s*(?:-r|-c|--requirement|--constraint)[\s=]+(\S+)", re.MULTILINE)


def environment_key(files: Iterable[Path], words: Iterable[str]) -> str:
    """A key of the content of files (a missing one counts as such) and of words."""
    key = hashlib.sha256()
    for file in files:
        content = file.read_bytes() if file.is_file() else b"\0"
        key.update(f"{file}\0{len(content)}\0".encode() + content)
    for word in words:
        key.update(f"{word}\0".encode())
    return key.hexdigest()


def requirement_files(folder: Path, names: Iterable[str]) -> tuple[Path, ...]:
    """Requirements files with all that they include by `-r` and `-c`."""
    found: dict[Path, None] = {}
    waiting = [folder / name for name in names]
    while waiting:
        file = waiting.pop(0)
        if file not in found:
            found[file] = None
            waiting += [file.parent / name for name in _INCLUDED.findall(_read(file))]
    return tuple(found)


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
