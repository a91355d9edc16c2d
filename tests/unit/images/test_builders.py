"""Who builds is found by asking Docker's command line; what is missing is said with the way to
get it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cicd.errors import MissingError, SettingsError
from cicd.images.builders import Docker, parse_inspected, parse_version, require_builder
from cicd.testing import FakeRunner

INSPECTED = """\
Name:          {name}
Driver:        {driver}

Nodes:
Name:             {name}0
Endpoint:         {endpoint}
Status:           running
BuildKit version: {buildkit}
"""


@pytest.fixture
def docker(tmp_path: Path) -> Docker:
    program = tmp_path / "docker"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return Docker(program=str(program), env={}, address="unix:///a")


def environ(docker: Docker) -> dict[str, str]:
    return {"PATH": os.path.dirname(docker.program)}


def runner(docker: Docker, **inspected: str) -> FakeRunner:
    fake = FakeRunner()
    plain = {"name": "default", "driver": "docker", "endpoint": "default", "buildkit": "v0.13.2"}
    fake.answer(docker.program, "buildx", "version", output="github.com/docker/buildx v0.13.1+ds1")
    fake.answer(
        docker.program, "buildx", "inspect", output=INSPECTED.format(**{**plain, **inspected})
    )
    fake.answer(docker.program, "context", "show", output="default\n")
    return fake


def test_the_engine_builds_where_nobody_chose_another(docker: Docker) -> None:
    builder = require_builder(docker, None, environ(docker), runner(docker))
    assert (builder.driver, builder.context, builder.has_buildx) == ("docker", "", True)
    assert not builder.rewrites_times and not builder.delivers


def test_an_engine_with_containerds_store_is_reproducible_from_26_on(docker: Docker) -> None:
    for version, can in (("26.1.5+dfsg1", True), ("25.0.1", False)):
        fake = runner(docker, buildkit="v0\nLabels:\n org.x.worker.containerd.uuid: 1")
        fake.answer(docker.program, "version", output=f"{version}\n")
        builder = require_builder(docker, None, environ(docker), fake)
        assert builder.keeps_content
        assert builder.rewrites_times is can


def test_the_builder_of_another_engine_goes_by_its_context(docker: Docker) -> None:
    fake = runner(docker, name="second", endpoint="second")
    assert require_builder(docker, "second", environ(docker), fake).context == "second"


def test_a_builder_in_a_container_rewrites_times_from_0_13_on(docker: Docker) -> None:
    for version, can in (("v0.13.0", True), ("v0.12.5", False)):
        fake = runner(docker, driver="docker-container", buildkit=version)
        builder = require_builder(docker, "far", environ(docker), fake)
        assert (builder.name, builder.rewrites_times) == ("far", can)
        assert builder.caches("type=registry,ref=x")


def test_a_builder_that_is_not_there_has_a_neighbour(docker: Docker) -> None:
    fake = runner(docker)
    said = 'ERROR: no builder "remot" found'
    fake.answer(docker.program, "buildx", "inspect", return_code=1, errors=said)
    listed = "NAME/NODE DRIVER\nremote* docker-container\n \\_ remote0  tcp://x\ndefault docker\n"
    fake.answer(docker.program, "buildx", "ls", output=listed)
    with pytest.raises(SettingsError, match='no builder "remot"\ndid you mean "remote"?'):
        require_builder(docker, "remot", environ(docker), fake)


def test_without_buildx_an_older_program_builds_with_the_engines_own(docker: Docker) -> None:
    fake = FakeRunner()
    fake.answer(docker.program, "buildx", return_code=1)
    fake.answer(docker.program, "--version", output="Docker version 20.10.24, build 297e128\n")
    assert require_builder(docker, None, environ(docker), fake).has_buildx is False


def test_the_legacy_builder_is_not_enough(docker: Docker) -> None:
    fake = FakeRunner()
    fake.answer(docker.program, "buildx", return_code=1)
    fake.answer(docker.program, "--version", output="Docker version 28.2.2, build e6534b4\n")
    with pytest.raises(MissingError, match="has no buildx(.|\n)*docker-buildx"):
        require_builder(docker, None, environ(docker), fake)


def test_versions_and_fields_are_read() -> None:
    assert parse_version("github.com/docker/buildx v0.13.1+ds1 x") == (0, 13, 1)
    assert parse_version("none") == ()
    fields = parse_inspected("Name: a\nDriver: docker\nName: b\nDriver: other\nLabels:\n")
    assert fields == {"Name": "a", "Driver": "docker"}
