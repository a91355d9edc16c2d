"""The definition of a build is a value: what is asked for stands in it, and no secret."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from cicd.images.bake import bake_command, build_command, render_bake
from cicd.images.builders import Builder
from cicd.images.recipe import Recipe

RECIPE = Recipe(
    name="api",
    context="backend",
    dockerfile="docker/Dockerfile",
    original="docker/Dockerfile",
    reference="cicd.local/shop/api:key",
    content_key="key",
    target="final",
    args={"LEVEL": "${x}"},
    labels={"title": "api"},
    secrets={"pypi": "env=CICD_BUILD_SECRET_API_0"},
    cache_from=("type=registry,ref=r/c",),
    cache_to=("type=gha",),
    epoch=1700000000,
)
ENGINE = Builder(docker="docker", has_buildx=True)
CONTAINER = Builder(
    docker="docker", name="far", driver="docker-container", has_buildx=True, rewrites_times=True
)


def target(builder: Builder, *recipes: Recipe, archive: str = "") -> dict[str, Any]:
    rendered = json.loads(render_bake(recipes or (RECIPE,), builder, {"api": archive}))
    found = rendered["target"]["api"]
    assert isinstance(found, dict)
    return found


def test_a_target_has_all_that_its_image_is_built_from() -> None:
    assert target(ENGINE) == {
        "context": "backend",
        "dockerfile": "../docker/Dockerfile",
        "target": "final",
        "args": {"SOURCE_DATE_EPOCH": "1700000000", "LEVEL": "$${x}"},
        "labels": {"title": "api"},
        "tags": ["cicd.local/shop/api:key"],
        "secret": ["id=pypi,env=CICD_BUILD_SECRET_API_0"],
        "output": ["type=docker"],
    }


def test_all_images_stand_in_one_definition() -> None:
    other = replace(RECIPE, name="web")
    rendered = json.loads(render_bake((RECIPE, other), ENGINE, {}))
    assert rendered["group"]["default"]["targets"] == ["api", "web"]


def test_times_are_rewritten_where_the_builder_can() -> None:
    found = target(CONTAINER, archive="/run/api.tar")
    assert found["output"] == ["type=docker,dest=/run/api.tar,rewrite-timestamp=true"]


def test_an_index_is_left_in_the_engine_since_a_file_has_no_room_for_it() -> None:
    attested = replace(RECIPE, attestations=("sbom", "provenance"))
    found = target(replace(ENGINE, keeps_content=True, rewrites_times=True), attested)
    assert found["attest"] == ["type=sbom", "type=provenance,mode=max"]
    assert found["output"] == ["type=image"]
    several = replace(RECIPE, platforms=("linux/amd64", "linux/arm64"))
    assert target(ENGINE, several)["output"] == ["type=image"]


def test_caches_are_those_that_the_builder_can_use() -> None:
    assert "cache-from" not in target(ENGINE)
    found = target(CONTAINER)
    assert found["cache-from"] == ["type=registry,ref=r/c"]
    assert "cache-to" not in found
    found = target(replace(CONTAINER, on_github=True))
    assert found["cache-to"] == ["type=gha,scope=api"]


def test_annotations_are_for_engines_that_keep_them() -> None:
    found = target(replace(ENGINE, annotates=True, keeps_content=True))
    assert found["annotations"] == ["title=api"]


def test_a_builder_is_named_unless_it_is_an_engines() -> None:
    command = bake_command(CONTAINER, Path("/d.json"), Path("/m.json"))
    assert command.argv[:5] == ("docker", "buildx", "bake", "--builder", "far")
    second = replace(ENGINE, name="second", context="second")
    command = bake_command(second, Path("/d.json"), Path("/m.json"))
    assert command.argv[:5] == ("docker", "--context", "second", "buildx", "bake")


def test_without_buildx_one_image_is_built_by_the_engine() -> None:
    command = build_command(RECIPE, ENGINE)
    assert command.env == {"DOCKER_BUILDKIT": "1"}
    assert command.argv[:2] == ("docker", "build")
    assert command.argv[-1] == "backend"
    text = str(command)
    for words in ("--file docker/Dockerfile", "--tag cicd.local/shop/api:key", "--target final"):
        assert words in text
