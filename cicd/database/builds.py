"""One build of PostgreSQL on this machine: a folder with `initdb` and `postgres`."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.database import settings
from cicd.database.port import LOCALE
from cicd.system.ask import read_output

if TYPE_CHECKING:
    from cicd.database.port import Need

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """One build of PostgreSQL on this machine's disk."""

    provider: str
    bin: Path
    version: str
    """As it tells itself: "postgres (PostgreSQL) 15.18"."""
    origin: str
    """Where it comes from: its folder, or the package that it was unpacked from."""

    @property
    def major(self) -> str:
        return parse_major(self.version)

    @property
    def identity(self) -> str:
        return f"{self.provider} {self.version} {self.origin} {libc()} {LOCALE}"

    def initdb_command(self, data: Path, password_file: Path) -> tuple[str, ...]:
        initdb = str(self.bin / program("initdb"))
        files = ("-D", str(data), f"--pwfile={password_file}")
        return (initdb, *files, *settings.initdb_arguments(self.major))

    def postgres_command(self, data: Path, port: int, cluster: str) -> tuple[str, ...]:
        # Not by pg_ctl, which adds 100 ms at the start and at the end.
        arguments = settings.server_arguments(listen=HOST, port=port, cluster=cluster)
        return (str(self.bin / program("postgres")), "-D", str(data), *arguments)


def read_version(bin_folder: Path) -> str:
    """What `postgres --version` says; empty when the folder has no server that runs."""
    return (read_output((str(bin_folder / program("postgres")), "--version")) or "").strip()


def parse_major(version: str) -> str:
    """ "15" of "postgres (PostgreSQL) 15.18 (Debian …)"; empty when it is nothing such."""
    found = re.search(r"PostgreSQL\)?\s+(\d+)", version)
    return found[1] if found else ""


def program(name: str) -> str:
    return f"{name}.exe" if os.name == "nt" else name


def libc() -> str:
    """The C library, which decides how text is sorted; empty where it has no name."""
    try:
        return os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (ValueError, OSError, AttributeError):
        return ""


def missing_extensions(share: Path, need: Need) -> tuple[str, ...]:
    """Extensions without a control file; the server itself is asked once it runs."""
    if not share.is_dir():
        return ()
    return tuple(name for name in need.extensions if not (share / f"{name}.control").is_file())
