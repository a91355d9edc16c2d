"""What an engine has under a name, asked over its socket."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fake_engine import FakeEngine, fake_engine
from tests.listening import http_server

from cicd.system.engine_image import Held, read_held, read_registry

NAME = "postgres:15"


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    with fake_engine() as made:
        yield made


def held(engine: FakeEngine) -> Held:
    return read_held({"DOCKER_HOST": engine.host}, NAME)


def test_an_image_is_known_by_its_id(engine: FakeEngine) -> None:
    engine.images[NAME] = "sha256:1"
    assert held(engine) == Held(True, "sha256:1")


def test_an_image_from_a_registry_has_the_digest_that_all_machines_know(
    engine: FakeEngine,
) -> None:
    engine.images[NAME], engine.pulled[NAME] = "sha256:1", "sha256:2"
    assert held(engine) == Held(True, "sha256:2")
    engine.registry[NAME] = "sha256:2"
    assert read_registry({"DOCKER_HOST": engine.host}, NAME) == "sha256:2"


def test_an_image_that_is_not_here_is_another_thing_than_no_engine(
    engine: FakeEngine, tmp_path: Path
) -> None:
    assert held(engine) == Held(True)
    nowhere = {"DOCKER_HOST": f"unix://{tmp_path}/none"}
    assert read_held(nowhere, NAME) == Held(False)
    assert len({held(engine).state, Held(False).state, Held(True, "sha256:1").state}) == 3


def test_an_engine_that_is_silent_is_none(engine: FakeEngine) -> None:
    engine.hangs = True
    assert read_held({"DOCKER_HOST": engine.host}, NAME, timeout_s=0.05) == Held(False)


def test_an_engine_over_the_network_is_asked() -> None:
    with http_server() as server:
        server.answer = {"Id": "sha256:3", "RepoDigests": None}
        environ = {"DOCKER_HOST": f"tcp://127.0.0.1:{server.port}"}
        assert read_held(environ, NAME) == Held(True, "sha256:3")


@pytest.mark.parametrize("answer", [b"no JSON", b"[]", b"", b'{"Id": []}'])
def test_what_is_no_engine_is_none(answer: bytes) -> None:
    with http_server() as server:
        server.answer, server.status = answer, 500
        environ = {"DOCKER_HOST": f"tcp://127.0.0.1:{server.port}"}
        assert read_held(environ, NAME) == Held(False)
        assert read_registry(environ, NAME) == ""


def test_a_registry_is_asked_by_the_engine(engine: FakeEngine) -> None:
    assert read_registry({"DOCKER_HOST": engine.host}, NAME) == ""
    assert engine.asked == ["/distribution/postgres:15/json"]
