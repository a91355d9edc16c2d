"""Where kept verdicts lie: plain files, safe for many processes, and a folder of a team."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from cicd.cache.blobs import keep_files, keep_reports, read_files, read_reports
from cicd.cache.elements import digest
from cicd.cache.entry import Entry, parse_entry, render_entry
from cicd.cache.files import age_s, read_file, remove_file, write_file

FOLDER = "verdicts"
ENTRIES = "entries"
_LARGEST_BYTES = 4 * 1024 * 1024
_COMPARED = 30
_READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)
_PLAIN = re.compile(r"\w[\w.-]{0,99}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Store:
    """`local` is this repository's own, made when something is kept. `shared` is a team's: it
    is asked second, given what is kept, and never made. Unless it `writes`, nothing is copied
    from there, and nothing taken back.

    Who can write into a folder can make green: entries are checked against damage, and not
    against somebody who means to deceive.
    """

    local: Path
    shared: Path | None = None
    writes: bool = True

    @property
    def homes(self) -> tuple[Path, ...]:
        return (self.local, self.shared) if self.shared else (self.local,)

    def find(self, session: str, key: str) -> Entry | None:
        """The kept verdict of this key: one that is damaged or of another session is none."""
        for home in self.homes:
            entry = _read(home / entry_name(session, key))
            if entry and (entry.session, entry.key) == (session, key):
                if home != self.local and self.writes:
                    self._copy(entry)
                return entry
        return None

    def keep(
        self, entry: Entry, files: Mapping[str, str], reports: Mapping[str, bytes]
    ) -> tuple[str, ...]:
        """Keeps it in each home; returns what could not be written, a line for each home.

        `files` is the content of each input by its name, `reports` what the session left. Of
        a shared home that is only for reading here nothing is said.
        """
        complaints = []
        for home in self.homes:
            try:
                if home == self.local:
                    home.mkdir(parents=True, exist_ok=True)
                _keep(home, entry, files, reports)
            except OSError as error:
                if home == self.local or error.errno not in _READ_ONLY:
                    why = f"cannot write into {home}: {error.strerror or error}"
                    complaints.append(why if home == self.local else f"{why} (kept here alone)")
        return tuple(complaints)

    def forget(self, session: str, key: str) -> None:
        """Takes back what was kept of this key: here, and in the shared home where we may write."""
        for home in self.homes if self.writes else (self.local,):
            remove_file(home / entry_name(session, key))

    def files(self, entry: Entry) -> Mapping[str, str]:
        """The content of each input of the entry; empty where that is no longer known."""
        return read_files(self.homes, entry.files)

    def reports(self, entry: Entry) -> Mapping[str, bytes]:
        """What the session left; empty where that is no longer kept."""
        return read_reports(self.homes, entry.reports)

    def latest(self, session: str) -> Iterator[Entry]:
        """What was kept of this session, latest first and here first."""
        for home in self.homes:
            for path in _newest(home / ENTRIES / _folder_name(session))[:_COMPARED]:
                entry = _read(path)
                if entry and entry.session == session:
                    yield entry

    def _copy(self, entry: Entry) -> None:
        with suppress(OSError):
            self.local.mkdir(parents=True, exist_ok=True)
            if reports := self.reports(entry):
                keep_reports(self.local, reports)
            write_file(self.local, entry_name(entry.session, entry.key), render_entry(entry))


def entry_name(session: str, key: str) -> str:
    return f"{ENTRIES}/{_folder_name(session)}/{key}"


def _folder_name(session: str) -> str:
    """As it is called, where that can be the name of a folder on every system."""
    if _PLAIN.fullmatch(session):
        return session
    return f"{re.sub(r'[^A-Za-z0-9_]', '_', session)[:60]}-{digest(session)}"


def _keep(home: Path, entry: Entry, files: Mapping[str, str], reports: Mapping[str, bytes]) -> None:
    """The entry comes last: what it names is there before."""
    files_id, reports_id = keep_files(home, files), keep_reports(home, reports)
    content = render_entry(replace(entry, files=files_id, reports=reports_id))
    if len(content) > _LARGEST_BYTES:
        raise OSError(errno.EFBIG, f"{entry.session}: the record is too large to keep")
    write_file(home, entry_name(entry.session, entry.key), content)


def _read(path: Path) -> Entry | None:
    content = read_file(path, _LARGEST_BYTES)
    return parse_entry(content) if content else None


def _newest(folder: Path) -> list[Path]:
    """By when they were kept. Files of a time to come are last: nobody knows when that was."""
    ages = []
    with suppress(OSError), os.scandir(folder) as found:
        for one in found:
            with suppress(OSError):  # another process may have removed it
                ages.append((age_s(one.stat(follow_symlinks=False).st_mtime), one.path))
    return [Path(path) for _, path in sorted(ages)]
