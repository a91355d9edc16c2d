"""Who is asked in which order, and what is said when nobody can serve."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from cicd.database import catalog
from cicd.database.port import Candidate, Need, Refusal, Server
from cicd.errors import MissingError, RemoteError, SettingsError
from cicd.model import Secret

NEED = Need(major="15")


@dataclass(frozen=True, slots=True)
class Fake:
    """A provider that refuses, serves, or fails when it should start."""

    name: str
    refusal: str = ""
    failure: Exception | None = None
    left: tuple[str, ...] = ()

    def probe(self, need: Need) -> Candidate | Refusal:
        return Refusal(self.name, self.refusal) if self.refusal else FakeCandidate(self)

    def sweep(self) -> tuple[str, ...]:
        return self.left


@dataclass(frozen=True, slots=True)
class FakeCandidate:
    origin: Fake

    @property
    def provider(self) -> str:
        return self.origin.name

    @property
    def identity(self) -> str:
        return self.origin.name

    def open(
        self, *, snapshot: Path | None = None, schema: str = ""
    ) -> AbstractContextManager[Server]:
        return self._open()

    @contextmanager
    def _open(self) -> Iterator[Server]:
        if self.origin.failure:
            raise self.origin.failure
        yield Server(
            host="h",
            port=1,
            user="u",
            password=Secret("password"),
            owned=True,
            provider=self.origin.name,
            version="15.1",
        )


def test_the_first_that_can_serve_is_chosen() -> None:
    providers = (Fake("given", "not set"), Fake("container"), Fake("local"))
    assert catalog.choose(NEED, providers).provider == "container"


def test_a_named_provider_is_the_only_one_asked() -> None:
    providers = (Fake("container"), Fake("local"))
    assert catalog.choose(NEED, providers, "local").provider == "local"
    with pytest.raises(MissingError) as caught:
        catalog.choose(NEED, (Fake("container"), Fake("local", "no initdb")), "local")
    assert str(caught.value).splitlines()[1:] == ["  local      no initdb"]


def test_a_name_that_no_provider_has_is_a_mistake_with_a_proposal() -> None:
    with pytest.raises(SettingsError) as caught:
        catalog.choose(NEED, (Fake("local"),), "loacl")
    assert str(caught.value).splitlines() == [
        "CICD_DATABASE: there is no provider `loacl`",
        "did you mean `local`?",
    ]


def test_every_reason_is_listed_in_the_order_of_asking() -> None:
    refusals = (Refusal("embedded", "no npm"), Refusal("given", "not set"))
    assert catalog.render_refusals(NEED, refusals).splitlines() == [
        "database  PostgreSQL 15 was asked for. Tried:",
        "  given      not set",
        "  embedded   no npm",
    ]


@pytest.mark.parametrize("kind", (MissingError, RemoteError))
def test_who_cannot_start_after_all_is_followed_by_the_next(kind: type[Exception]) -> None:
    providers = (Fake("container", failure=kind("container: full")), Fake("local"))
    with catalog.open_server(NEED, providers) as server:
        assert server.provider == "local"


def test_who_could_not_start_is_listed_with_the_others() -> None:
    failing = Fake("container", failure=MissingError("container: full"))
    with pytest.raises(MissingError) as caught:
        with catalog.open_server(NEED, (failing, Fake("local", "no initdb"))):
            pass
    assert str(caught.value).splitlines()[1:] == [
        "  container  full",
        "  local      no initdb",
    ]


def test_what_fails_in_the_block_is_not_taken_for_a_server_that_cannot_start() -> None:
    with pytest.raises(MissingError, match="of the block"):
        with catalog.open_server(NEED, (Fake("container"), Fake("local"))):
            raise MissingError("of the block")


def test_a_sweep_tells_each_thing_once() -> None:
    providers = (Fake("local", left=("/a", "/b")), Fake("embedded", left=("/b",)))
    assert catalog.sweep(providers) == ("/a", "/b")
