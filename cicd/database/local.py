"""The provider `local`: a PostgreSQL of the right major that this machine has."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.database import builds, data_folder, prepared, server_user
from cicd.database.binaries import BinariesCandidate
from cicd.database.builds import Build
from cicd.database.port import Refusal
from cicd.system.ask import read_output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.database.port import Candidate, Need

NAME = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalProvider:
    """Looks on PATH and where packages and installers put PostgreSQL."""

    cache: Path
    path: str
    """The variable PATH."""
    places: tuple[Path, ...] = ()
    """Where data may lie; by default `/dev/shm`, then the folders for temporary files."""
    roots: tuple[str, ...] | None = None
    """Patterns of folders to look in; by default those of this platform."""
    name: str = NAME

    def probe(self, need: Need) -> Candidate | Refusal:
        user = server_user.find_user() if server_user.needs_user() else None
        if server_user.needs_user() and user is None:
            named = " nor ".join(server_user.NAMES)
            return Refusal(NAME, f"we are root, and there is no user {named} to run a server as")
        builds = tuple(self._builds(need.major))
        fitting = [build for build in builds if build.major == need.major]
        if not fitting:
            return Refusal(NAME, render_absence(need, builds))
        reachable = [build for build in fitting if server_user.can_reach(build.bin, user)]
        if not reachable:
            assert user is not None
            return Refusal(NAME, f"the user {user.name} cannot reach {fitting[0].bin}")
        return self._fit(reachable[0], need, user)

    def _fit(
        self, build: Build, need: Need, user: server_user.ServerUser | None
    ) -> Candidate | Refusal:
        if missing := builds.missing_extensions(_extensions(build), need):
            return Refusal(NAME, f"{build.bin} lacks the extension {', '.join(missing)}")
        places = self.places or data_folder.default_places()
        return BinariesCandidate(build=build, need=need, user=user, places=places, cache=self.cache)

    def majors(self) -> tuple[str, ...]:
        """Every major version that is here, the oldest first."""
        return tuple(sorted({build.major for build in self._builds("*")}, key=int))

    def sweep(self) -> tuple[str, ...]:
        left = data_folder.sweep(self.places or data_folder.default_places())
        return (*left, *prepared.sweep(self.cache))

    def _builds(self, major: str) -> Iterator[Build]:
        """The builds that are found; one of another major only tells what is here."""
        patterns = _roots() if self.roots is None else self.roots
        named = [folder for root in patterns for folder in _glob(root.format(major=major))]
        others = [folder for root in patterns for folder in _glob(root.format(major="*"))]
        on_path = [Path(folder) for folder in self.path.split(os.pathsep) if folder]
        seen: set[Path] = set()
        for folder in (*on_path, *named, *_from_pg_config(self.path), *others):
            real = _real_folder(folder)
            if real is not None and real not in seen:
                seen.add(real)
                version = builds.read_version(real)
                if builds.parse_major(version):
                    yield Build(provider=NAME, bin=real, version=version, origin=str(real))


def _real_folder(folder: Path) -> Path | None:
    """Where the programs really are: a folder on PATH may hold links to them only."""
    program = folder / builds.program("initdb")
    # Not `Path.is_file`: PATH may name folders that are closed to us, and there it raises.
    if not os.path.isfile(program):
        return None
    real = program.resolve().parent
    return real if (real / builds.program("postgres")).exists() else folder


def render_absence(need: Need, builds: tuple[Build, ...]) -> str:
    found = ", ".join(f"{build.major} in {build.bin}" for build in builds)
    return f"no initdb of major {need.major}" + (f" (found: {found})" if found else "")


def _roots() -> tuple[str, ...]:
    if sys.platform == "darwin":
        return (
            "/opt/homebrew/opt/postgresql@{major}/bin",
            "/usr/local/opt/postgresql@{major}/bin",
            "/Applications/Postgres.app/Contents/Versions/{major}/bin",
            "/Library/PostgreSQL/{major}/bin",
        )
    if sys.platform == "win32":
        return ("C:/Program Files/PostgreSQL/{major}/bin",)
    return (
        "/usr/lib/postgresql/{major}/bin",
        "/usr/pgsql-{major}/bin",
        "/usr/lib/postgresql{major}/bin",
        "/usr/libexec/postgresql{major}",
        "/home/linuxbrew/.linuxbrew/opt/postgresql@{major}/bin",
    )


def _glob(pattern: str) -> list[Path]:
    path = Path(pattern)
    return sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))


def _from_pg_config(path: str) -> Iterator[Path]:
    for folder in path.split(os.pathsep):
        program = Path(folder, builds.program("pg_config"))
        if folder and os.path.isfile(program):
            if told := (read_output((str(program), "--bindir")) or "").strip():
                yield Path(told)


def _extensions(build: Build) -> Path:
    """Where the build keeps its extensions; a folder that is not there when it cannot tell."""
    program = build.bin / builds.program("pg_config")
    told = (read_output((str(program), "--sharedir")) or "").strip() if program.is_file() else ""
    return Path(told, "extension") if told else build.bin / "extensions-are-unknown"


def looked_at(path: str, major: str) -> Iterator[Path]:
    """Every file and folder that decides which builds are found, whether it is there or not."""
    names = [builds.program(name) for name in ("initdb", "pg_config", "postgres")]
    for folder in filter(None, path.split(os.pathsep)):
        yield from (Path(folder, name) for name in names)
    yield from (Path(root.format(major=major), name) for root in _roots() for name in names)


def control_files(build: Build, need: Need) -> Iterator[Path]:
    """Of the extensions that are needed: they hold the version that is installed."""
    folder = _extensions(build)
    yield from (folder / f"{name}.control" for name in need.extensions)
