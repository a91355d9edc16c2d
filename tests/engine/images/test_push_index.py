"""An engine that keeps images as registries do: what it has is published byte for byte."""

import json
import os
import subprocess
from pathlib import Path

import docker
import pytest
from tests.lacking import lacking
from tests.oci import place_at
from tests.publishing import Publishing
from tests.pushing import publisher, registry
from tests.registry import RunningRegistry

from cicd.config.parts import Registry
from cicd.errors import CheckFailed

__all__ = ["publisher", "registry"]

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def engine() -> str:
    """The address of an engine with containerd's image store, whichever context has it."""
    listed = subprocess.run(
        ["docker", "context", "ls", "--format", "{{json .}}"], capture_output=True, text=True
    )
    for line in listed.stdout.splitlines():
        address = json.loads(line)["DockerEndpoint"]
        try:
            client = docker.DockerClient(base_url=address, timeout=20)
        except docker.errors.DockerException:
            continue
        try:
            status = dict(client.info().get("DriverStatus") or [])
        finally:
            client.close()
        if "io.containerd.snapshotter" in status.get("driver-type", ""):
            return str(address)
    lacking("no context has an engine with containerd's image store")


def build(engine: str, folder: Path, *options: str) -> str:
    """The index of an image, as the engine calls it."""
    (folder / "Dockerfile").write_text('FROM scratch\nCOPY Dockerfile /\nCMD ["/none"]\n')
    environ = {**os.environ, "DOCKER_HOST": engine}
    command = ["docker", "buildx", "build", *options, "--load", "--iidfile", "iid", "."]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True)
    if done.returncode:
        lacking(f"buildx cannot build with {options}: {done.stderr[-300:]}")
    return (folder / "iid").read_text().strip()


@pytest.fixture
def published(publisher: Publishing, registry: RunningRegistry, engine: str) -> Publishing:
    publisher.environ["DOCKER_HOST"] = engine
    publisher.registries = (Registry(registry.host, require=("sbom", "provenance")),)
    return publisher


def test_an_index_with_its_attestations_is_pushed_as_it_is(
    published: Publishing, registry: RunningRegistry, engine: str, tmp_path: Path
) -> None:
    image_id = build(engine, tmp_path, "--sbom=true", "--provenance=true")
    published.declare("api", f"{registry.host}/attested", platforms="linux/amd64")
    published.commit()
    published.verify(api=image_id)
    outcome = published.push()
    assert set(outcome.facts.values()) == {image_id}
    with place_at(f"{registry.host}/attested") as place:
        index = place.client.find_manifest(place.repository, "latest")
        assert index is not None
        assert [one.is_attestation for one in index.children] == [False, True]
        for child in index.children:
            manifest = place.client.find_manifest(place.repository, child.digest)
            assert manifest is not None
            assert all(place.client.has_blob(place.repository, b.digest) for b in manifest.blobs)
    assert published.push().metrics["new_tags"] == 0


def test_an_image_without_them_is_refused_where_they_are_required(
    published: Publishing, registry: RunningRegistry, engine: str, tmp_path: Path
) -> None:
    image_id = build(engine, tmp_path, "--sbom=false", "--provenance=true")
    published.declare("api", f"{registry.host}/half")
    published.commit()
    published.verify(api=image_id)
    with pytest.raises(CheckFailed) as refused:
        published.push()
    (failure,) = refused.value.outcome.failures
    assert failure.title == "api has no sbom, which its registry requires"


def test_a_platform_that_the_index_does_not_have_is_refused(
    published: Publishing, registry: RunningRegistry, engine: str, tmp_path: Path
) -> None:
    image_id = build(engine, tmp_path, "--provenance=true")
    published.declare("api", f"{registry.host}/narrow", platforms=("linux/s390x",))
    published.commit()
    published.verify(api=image_id)
    with pytest.raises(CheckFailed, match="not for linux/s390x"):
        published.push()
