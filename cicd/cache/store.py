"""Where kept verdicts lie: a file for each, safe for many processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cicd.cache.entry import Entry, parse_entry, render_entry
from cicd.system.state import write_text

FOLDER = "verdicts"


@dataclass(frozen=True, slots=True)
class Store:
    """`folders` are asked in turn, and each of them is given what is kept."""

    folders: Sequence[Path]

    def find(self, session: str, key: str) -> Entry | None:
        """The kept verdict of this key: one that is damaged or of another session is none."""
        for folder in self.folders:
            entry = _read(self._path(folder, session, key))
            if entry and (entry.session, entry.key) == (session, key):
                return entry
        return None

    def keep(self, entry: Entry) -> None:
        """Raises `OSError` where a folder cannot be written."""
        for folder in self.folders:
            write_text(self._path(folder, entry.session, entry.key), render_entry(entry))

    def latest(self, session: str) -> Entry | None:
        """What was kept last for this session, to tell what changed since."""
        found = [path for folder in self.folders for path in (folder / session).glob("*.json")]
        newest = sorted(found, key=lambda path: path.stat().st_mtime_ns, reverse=True)
        return next(filter(None, map(_read, newest)), None)

    def _path(self, folder: Path, session: str, key: str) -> Path:
        return folder / session / f"{key}.json"


def _read(path: Path) -> Entry | None:
    try:
        return parse_entry(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
