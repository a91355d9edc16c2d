"""Tests that need a Docker engine: they skip without one, and fail without one in CI."""

import os

import pytest
from tests.lacking import lacking

from cicd.database.container import ContainerProvider
from cicd.database.port import Need, Refusal

ENGINE = {
    name: value
    for name, value in os.environ.items()
    if name.startswith("DOCKER_") or name in ("HOME", "XDG_RUNTIME_DIR", "CONTAINER_HOST")
}


@pytest.fixture(autouse=True, scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A Docker engine that answers and has `postgres:15`, or can pull it."""
    provider = ContainerProvider(cache=tmp_path_factory.mktemp("cache"), environ=ENGINE)
    answer = provider.probe(Need(major="15"))
    if isinstance(answer, Refusal):
        lacking(answer.reason)
