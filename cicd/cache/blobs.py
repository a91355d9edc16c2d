"""What belongs to entries and few want to read: apart, compressed, once for the same content."""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from cicd.cache.files import read_file, write_file

FOLDER = "blobs"
_FILES_BYTES = 64 * 1024 * 1024
_REPORTS_BYTES = 8 * 1024 * 1024
_SHORT = 12
"""Of an id of git's: enough to see that a file changed."""


def keep_files(home: Path, files: Mapping[str, str]) -> str:
    """Keeps the content of each input by its name; returns what to ask for it by.

    Sessions with the same inputs share it. "" for so many that nobody should have to wait.
    Raises `OSError`.
    """
    return _keep(home, json.dumps(shorten(files), sort_keys=True).encode(), _FILES_BYTES)


def shorten(files: Mapping[str, str]) -> dict[str, str]:
    """So much of each content's id as is kept."""
    return {name: id[: id.find(" ") + 1 + _SHORT] for name, id in files.items()}


def keep_reports(home: Path, reports: Mapping[str, bytes]) -> str:
    """The same for the reports of a session, by their names. "" for none, and for large ones."""
    texts = {name: content.decode("latin-1") for name, content in sorted(reports.items())}
    return _keep(home, json.dumps(texts).encode(), _REPORTS_BYTES) if texts else ""


def read_files(homes: Iterable[Path], id: str) -> dict[str, str]:
    """Empty where they are no longer kept."""
    return _parse(_read(homes, id, _FILES_BYTES))


def read_reports(homes: Iterable[Path], id: str) -> dict[str, bytes]:
    """Empty where they are no longer kept. No name of them leads out of a folder."""
    texts = _parse(_read(homes, id, _REPORTS_BYTES))
    if not all(map(_stays_inside, texts)):
        return {}
    with suppress(UnicodeEncodeError):
        return {name: text.encode("latin-1") for name, text in texts.items()}
    return {}


def _keep(home: Path, content: bytes, limit_bytes: int) -> str:
    if len(content) > limit_bytes:
        return ""
    id = hashlib.sha256(content).hexdigest()
    if _read((home,), id, limit_bytes):
        with suppress(OSError):  # another user's, in a shared folder
            os.utime(home / FOLDER / id)  # it is of use again: pruning looks at its age
    else:
        write_file(home, f"{FOLDER}/{id}", zlib.compress(content, 1))
    return id


def _read(homes: Iterable[Path], id: str, limit_bytes: int) -> bytes:
    if len(id) != 64 or not id.isalnum():
        return b""
    for home in homes:
        packed = read_file(home / FOLDER / id, limit_bytes)
        content = None if packed is None else _unpack(packed, limit_bytes)
        if content is not None and hashlib.sha256(content).hexdigest() == id:
            return content
    return b""


def _unpack(packed: bytes, limit_bytes: int) -> bytes | None:
    """Never more than the limit: few bytes may unpack to more than a machine holds."""
    try:
        return zlib.decompressobj().decompress(packed, limit_bytes)
    except zlib.error:
        return None


def _parse(content: bytes) -> dict[str, str]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    texts = isinstance(found, dict) and all(isinstance(text, str) for text in found.values())
    return found if texts else {}


def _stays_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not (path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name)
