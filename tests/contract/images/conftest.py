"""A real registry, a faulty way to it, and a repository of its own for each test."""

from collections.abc import Iterator

import pytest
from tests.faulty_proxy import FaultyProxy, faulty_proxy
from tests.oci import place_at
from tests.registry import RunningRegistry, running_registry

from cicd.images.registry.copying import Place


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRegistry]:
    with running_registry(tmp_path_factory.mktemp("registry")) as running:
        yield running


@pytest.fixture
def proxy(registry: RunningRegistry) -> Iterator[FaultyProxy]:
    with faulty_proxy(registry.host) as running:
        yield running


@pytest.fixture
def place(registry: RunningRegistry, request: pytest.FixtureRequest) -> Iterator[Place]:
    """A repository that no other test uses."""
    with place_at(f"{registry.host}/{request.node.name.lower().partition('[')[0][:100]}") as made:
        yield made
