"""The port: what a database provider promises. Four of them keep these promises."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from cicd.model import Secret

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

LOCALE = "C.UTF-8"
"""One locale everywhere: the order of sorting differs between C, ICU and glibc's others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a project needs of a database server."""

    major: str
    extensions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A PostgreSQL server that answers, at an address that both we and the tests reach.

    `owned`: we started it, so durability is off and everything in it is ours.
    `dbname` is a database to connect to for administration.
    """

    host: str
    port: int
    user: str
    password: Secret
    dbname: str = "postgres"
    owned: bool
    provider: str
    version: str
    """The exact version, as the server itself tells it ("15.18")."""
    image: str = ""
    """The digest of its image, where it runs in a container."""
    inside: tuple[str, int] | None = None
    """Host and port for other containers of the same engine, where it runs in a container."""
    last_words: Callable[[], str] = field(default=str, repr=False, compare=False)
    """Empty while the server lives. Once it has ended by itself: that, and the end of its
    log. Where we do not own the server: that it no longer answers, and why."""
    keep: Callable[[str, Callable[[], bool]], None] = field(
        default=lambda schema, unchanged: None, repr=False, compare=False
    )
    """Keeps all that the server holds now for the next `open(schema=…)` of its candidate, when
    the second argument says that nothing was written meanwhile. Raises `OSError` or
    `MissingError` when that cannot be; nothing happens where we do not own the server."""

    def url(self, dbname: str, scheme: str = "postgresql") -> Secret:
        """The address of one of its databases; a secret, since it holds the password."""
        user, password = quote(self.user, safe=""), quote(self.password.reveal(), safe="")
        return Secret(f"{scheme}://{user}:{password}@{self.host}:{self.port}/{dbname}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a provider cannot serve, in words that tell what was tried."""

    provider: str
    reason: str


class Candidate(Protocol):
    """A server that could be started."""

    @property
    def provider(self) -> str:
        """ "given", "container", "local" or "embedded"."""
        ...

    @property
    def identity(self) -> str:
        """Exact version, image digest or binaries, libc, locale: part of every key."""
        ...

    def open(
        self, *, snapshot: Path | None = None, schema: str = ""
    ) -> AbstractContextManager[Server]:
        """Starts the server, or starts it on a copy of a prepared data folder, or on what
        `Server.keep` kept under the key `schema`, when that is there and not damaged.

        Yields once a query was answered. When the block ends, by whatever, the server is
        gone with all that it wrote. Raises `MissingError` when it cannot be started, with
        the server's own last words. May be called several times, also at the same time.
        """
        ...


class Preparing(Candidate, Protocol):
    """A candidate that can also make the folder which `open(snapshot=…)` starts on."""

    def prepare(self, target: Path, fill: Callable[[Server], None]) -> None:
        """Starts a server, lets `fill` work in it, stops it cleanly and keeps its data.

        `target` appears complete or not at all; when it is made meanwhile by another, that
        one stays. It belongs to this `identity` alone. Raises what `open` and `fill` raise.
        """
        ...


class Provider(Protocol):
    """A way to come by a PostgreSQL server."""

    @property
    def name(self) -> str:
        """As its candidates' `provider`."""
        ...

    def probe(self, need: Need) -> Candidate | Refusal:
        """Cheap (50 ms), without side effects, and repeatable. Never raises."""
        ...

    def sweep(self) -> tuple[str, ...]:
        """Removes what dead owners left, and nothing else; tells what. Never raises."""
        ...
