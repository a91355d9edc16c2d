"""A real server, started once for all of these tests."""

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.lacking import lacking

from cicd.database.container import ContainerProvider
from cicd.database.embedded import EmbeddedProvider
from cicd.database.local import LocalProvider
from cicd.database.port import Need, Refusal, Server
from cicd.system.process import LocalRunner


@pytest.fixture(scope="session")
def owned_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A PostgreSQL of this machine, ours."""
    cache = tmp_path_factory.mktemp("cache")
    provider = LocalProvider(cache=cache, path=os.environ["PATH"])
    candidate = provider.probe(Need(major=_newest_major(provider)))
    if isinstance(candidate, Refusal):
        lacking(candidate.reason)
    with candidate.open() as server:
        yield server


@pytest.fixture(scope="session")
def given_server(owned_server: Server) -> Server:
    """The same, as if somebody else had started it and kept things of theirs in it."""
    return replace(owned_server, owned=False, provider="given")


def _newest_major(provider: LocalProvider) -> str:
    majors = provider.majors()
    if not majors:
        lacking("there is no PostgreSQL on this machine")
    return majors[-1]


# The four providers, for the tests of what each of them promises.


@pytest.fixture(scope="session")
def database_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cäche with a space")


@pytest.fixture
def data_place() -> Iterator[Path]:
    """Where servers of one test have their data: in memory, reachable for their user."""
    base = "/dev/shm" if sys.platform == "linux" else None
    with tempfile.TemporaryDirectory(prefix="cicd plätze ", dir=base) as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture
def local_provider(database_cache: Path, data_place: Path) -> LocalProvider:
    provider = LocalProvider(cache=database_cache, path=os.environ["PATH"], places=(data_place,))
    if "15" not in provider.majors():
        lacking("there is no PostgreSQL 15 on this machine")
    return provider


@pytest.fixture
def embedded_provider(database_cache: Path, data_place: Path) -> EmbeddedProvider:
    runner = LocalRunner(database_cache, environ=os.environ, out=io.StringIO())
    return EmbeddedProvider(
        cache=database_cache, runner=runner, npm=machine_npm, places=(data_place,)
    )


def machine_npm() -> tuple[str, ...]:
    found = shutil.which("npm")
    if found is None:
        lacking("there is no npm on this machine")
    return (found,)


@pytest.fixture
def container_provider(database_cache: Path) -> ContainerProvider:
    provider = ContainerProvider(cache=database_cache, environ=os.environ)
    answer = provider.probe(Need(major="15"))
    if isinstance(answer, Refusal):
        lacking(answer.reason)
    return provider
