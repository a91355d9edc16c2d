"""What an engine has, and what a builder would take, is read from Docker's own answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cicd.errors import MissingError
from cicd.images.bases import find_bases
from cicd.images.builders import Builder, Docker
from cicd.images.local import inspect_images, local_name
from cicd.testing import FakeRunner

DOCKER = Docker(program="docker", env={}, address="unix:///a")
INSPECT = ("docker", "image", "inspect", "--format", "{{json .}}")
ANSWER = json.dumps(
    {
        "Id": "sha256:1",
        "RepoDigests": ["api@sha256:2"],
        "Config": {
            "ExposedPorts": {"8443/tcp": {}, "8080/tcp": {}, "53/udp": {}},
            "Healthcheck": {"Test": ["CMD", "curl", "http://localhost:8080/up"]},
        },
    }
)


def test_an_image_has_its_id_digest_ports_and_health_check() -> None:
    fake = FakeRunner()
    fake.answer(*INSPECT, output=f"{ANSWER}\n")
    image = inspect_images(DOCKER, ["api"], fake)["api"]
    assert (image.id, image.digest, image.ports) == ("sha256:1", "sha256:2", (8080, 8443))
    assert image.health == "CMD curl http://localhost:8080/up"


def test_of_several_images_those_that_are_there_are_found() -> None:
    fake = FakeRunner()
    lost = {"return_code": 1, "errors": "Error: No such image: web\n"}
    fake.answer(*INSPECT, "api", "web", output=f"{ANSWER}\n", **lost)  # type: ignore[arg-type]
    fake.answer(*INSPECT, "api", output=f"{ANSWER}\n")
    fake.answer(*INSPECT, "web", **lost)  # type: ignore[arg-type]
    assert set(inspect_images(DOCKER, ["api", "web"], fake)) == {"api"}


def test_an_engine_that_does_not_answer_is_missing() -> None:
    fake = FakeRunner()
    fake.answer(*INSPECT, return_code=1, errors="Cannot connect to the Docker daemon at x\n")
    with pytest.raises(MissingError, match="no Docker engine answers at unix:///a$"):
        inspect_images(DOCKER, ["api"], fake)


def test_a_base_that_the_engine_lacks_is_pulled() -> None:
    fake = FakeRunner()
    fake.answer(*INSPECT, return_code=1, errors="Error: No such image: python\n")
    fake.answer("docker", "pull", return_code=1)
    said: list[str] = []
    builder = Builder(docker="docker")
    assert find_bases(["python"], builder, DOCKER, fake, said.append) == {"python": ""}
    assert said == ["pulling python"]


def test_a_builder_of_its_own_takes_what_the_registry_has() -> None:
    fake = FakeRunner()
    digest = f"sha256:{'a' * 64}"
    fake.answer("docker", "buildx", "imagetools", output=json.dumps({"digest": digest}))
    builder = Builder(docker="docker", driver="docker-container")
    found = find_bases(["python", "python"], builder, DOCKER, fake, print)
    assert found == {"python": digest}


def test_two_checkouts_on_one_machine_have_two_names(tmp_path: Path) -> None:
    first, second = (local_name(tmp_path / one / "My Shop", "api") for one in "ab")
    assert first != second
    assert first.startswith("cicd.local/my-shop-") and first.endswith("/api")
