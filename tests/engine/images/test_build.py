"""Images are built by the real engine, once for one input, and failures name their cause."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
import time
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.engine.images.relay import Relay
from tests.engine.images.shops import (
    MakeShop,
    Shop,
    buildx,
    docker,
    program_without_buildx,
    require_second_engine,
)
from tests.registry import running_registry

from cicd.config.images import survey_images
from cicd.config.parts import Image
from cicd.errors import CheckFailed, MissingError, RemoteError, SettingsError
from cicd.steps.image_build import build_image
from cicd.system.owner import current_owner

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.images.port import Built

BACKEND = """FROM python:3.13-slim AS base
COPY requirements.txt /requirements.txt
RUN cat /requirements.txt > /installed
FROM base
COPY . /app
EXPOSE 8000
HEALTHCHECK CMD python -c "import urllib.request as r; r.urlopen('http://localhost:8000/health')"
"""
FRONTEND = """FROM scratch
COPY index.html /index.html
"""
FILES = {
    ".gitignore": ".cicd/\n",
    "backend/Dockerfile": BACKEND,
    "backend/requirements.txt": "one\n",
    "backend/main.py": "one\n",
    "frontend/Dockerfile": FRONTEND,
    "frontend/index.html": "one\n",
}


def build(shop: Shop, name: str = "backend", **fields: object) -> tuple[Image, Built]:
    images = survey_images(shop.tree)
    image = next(each for each in images if each.name == name)
    if fields:
        image = Image(name, context=name, **fields)  # type: ignore[arg-type]
    return build_image(shop.work(f"{name}_image"), image, images)


def inspect(reference: str) -> dict[str, object]:
    found = json.loads(docker("image", "inspect", reference))
    assert isinstance(found[0], dict)
    return found[0]


def layers(built: Built) -> list[str]:
    return list(inspect(built.image_id)["RootFS"]["Layers"])  # type: ignore[index]


def labels(built: Built) -> dict[str, str]:
    return dict(inspect(built.image_id)["Config"]["Labels"])  # type: ignore[index]


def test_an_image_lies_in_the_engine_under_its_content_key(make_shop: MakeShop) -> None:
    shop = make_shop(FILES)
    image, built = build(shop)
    assert inspect(built.reference)["Id"] == built.image_id
    assert built.reference.startswith("cicd.local/") and built.reference.endswith(built.content_key)
    assert (image.port, image.health, image.context) == (8000, "/health", "backend")


def test_all_images_are_built_in_one_go(make_shop: MakeShop) -> None:
    shop = make_shop(FILES)
    images = survey_images(shop.tree)
    first = shop.work("backend_image")
    build_image(first, images[0], images)
    second = shop.work_of_run(first.run.id, "frontend_image")
    _, built = build_image(second, images[1], images)
    assert built.name == "frontend"
    assert "exporting" not in shop.shown.getvalue()


def test_labels_say_where_an_image_comes_from(make_shop: MakeShop) -> None:
    shop = make_shop({**FILES, "pyproject.toml": '[project]\nname = "x"\nlicense = "MIT"\n'})
    shop.git("remote", "add", "origin", "git@github.com:acme/shop.git")
    _, built = build(shop)
    found = {name.removeprefix("org.opencontainers.image."): v for name, v in labels(built).items()}
    commit = shop.git("rev-parse", "HEAD")
    assert found["source"] == "https://github.com/acme/shop"
    assert (found["revision"], found["version"]) == (commit, commit[:12])
    assert found["created"] == "2023-11-14T22:13:20Z"
    assert (found["title"], found["licenses"]) == ("backend", "MIT")
    assert found["base.name"] == "docker.io/library/python:3.13-slim"
    assert found["base.digest"].startswith("sha256:")


def test_nothing_changed_is_found_built_in_no_time(make_shop: MakeShop) -> None:
    shop = make_shop(FILES)
    _, first = build(shop)
    begun = time.monotonic()
    _, second = build(shop)
    assert second == first
    assert time.monotonic() - begun < 2
    assert "bake" not in shop.shown.getvalue()


def test_one_source_file_rebuilds_the_last_layers_of_its_image_alone(make_shop: MakeShop) -> None:
    shop = make_shop(FILES)
    (_, backend), (_, frontend) = build(shop), build(shop, "frontend")
    shop.write({"backend/main.py": "two\n"})
    shop.commit()
    _, changed = build(shop)
    assert changed.content_key != backend.content_key
    assert layers(changed)[:-1] == layers(backend)[:-1]
    assert layers(changed)[-1] != layers(backend)[-1]
    assert build(shop, "frontend")[1] == frontend


def test_an_image_that_somebody_removed_is_built_again(make_shop: MakeShop) -> None:
    shop = make_shop(FILES)
    _, first = build(shop, "frontend")
    docker("image", "rm", "--force", first.image_id)
    _, second = build(shop, "frontend")
    assert inspect(second.reference)["Id"] == second.image_id


def test_a_file_that_git_ignores_and_the_build_reads_is_not_overlooked(make_shop: MakeShop) -> None:
    shop = make_shop({**FILES, ".gitignore": ".cicd/\n/frontend/index.html\n"})
    _, first = build(shop, "frontend")
    shop.write({"frontend/index.html": "another length\n"})
    _, second = build(shop, "frontend")
    assert layers(second) != layers(first)


def test_our_own_folders_are_no_part_of_a_context(make_shop: MakeShop) -> None:
    files = {
        ".gitignore": ".cicd/\n",
        "Dockerfile": "FROM python:3.13-slim\nCOPY . /all\nRUN ls -A /all > /list",
    }
    shop = make_shop(files)
    (shop.root / ".nox").mkdir()
    (image,) = survey_images(shop.tree)
    _, built = build_image(shop.work(), image, [image])
    listed = docker("run", "--rm", built.image_id, "cat", "/list").split()
    assert "Dockerfile" in listed
    assert {".cicd", ".nox"}.isdisjoint(listed)


def test_images_of_old_content_lose_their_names_unless_they_were_verified(
    make_shop: MakeShop,
) -> None:
    shop = make_shop(FILES)
    _, first = build(shop)
    verified = {"images": [{"reference": first.reference, "image_id": first.image_id}]}
    folder = shop.root / ".cicd" / "verified"
    folder.mkdir()
    (folder / "tree.json").write_text(json.dumps(verified))
    references = [first.reference]
    for content in ("two\n", "three\n"):
        for owner in shop.root.glob(".cicd/runs/*/owner"):
            owner.write_text(str(replace(current_owner(), started="0")))
        shop.write({"backend/main.py": content})
        references.append(build(shop)[1].reference)
    name = first.reference.rpartition(":")[0]
    left = docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", name).split()
    assert sorted(left) == sorted([references[0], references[2]])


def test_another_image_that_is_broken_does_not_make_this_one_red(make_shop: MakeShop) -> None:
    shop = make_shop({**FILES, "frontend/Dockerfile": "FROM scratch\nCOPY nothing /nothing\n"})
    _, built = build(shop)
    assert inspect(built.reference)
    with pytest.raises(CheckFailed):
        build(shop, "frontend")


def test_an_old_image_does_not_stand_for_one_that_could_not_be_built_again(
    make_shop: MakeShop,
) -> None:
    frontend = {"frontend/Dockerfile": "FROM scratch\nCOPY made.txt /made.txt\n"}
    shop = make_shop({**FILES, **frontend, ".gitignore": ".cicd/\nmade.txt\n"})
    shop.write({"frontend/made.txt": "one"})
    build(shop, "frontend")
    (shop.root / "frontend/made.txt").unlink()
    shop.write({"backend/main.py": "two\n"})
    images = survey_images(shop.tree)
    first = shop.work("backend_image")
    build_image(first, images[0], images)
    with pytest.raises(CheckFailed, match="made.txt"):
        build_image(shop.work_of_run(first.run.id, "frontend_image"), images[1], images)


def test_a_step_that_fails_is_told_with_its_line_and_its_last_words(make_shop: MakeShop) -> None:
    broken = "FROM python:3.13-slim\n\nRUN echo about to fail && exit 7\n"
    shop = make_shop({**FILES, "backend/Dockerfile": broken})
    with pytest.raises(CheckFailed) as caught:
        build(shop)
    (failure,) = caught.value.outcome.failures
    assert (failure.path, failure.line) == ("backend/Dockerfile", 3)
    assert failure.title == "`echo about to fail && exit 7` ended with exit code 7"
    assert "about to fail" in failure.detail
    assert failure.repeat == "nox -s backend_image"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("FROM python:3.13-slim\nRUNN true\n", 2, "RUNN"),
        ("", None, "empty"),
        ("FROM python:3.13-slim\nCOPY absent.txt /\n", 2, "absent.txt"),
        ("COPY a b\n", None, "FROM"),
    ],
)
def test_a_dockerfile_that_cannot_be_meant_is_told(
    make_shop: MakeShop, text: str, line: int | None, said: str
) -> None:
    shop = make_shop({**FILES, "backend/Dockerfile": text})
    with pytest.raises(CheckFailed) as caught:
        build(shop)
    (failure,) = caught.value.outcome.failures
    assert said.lower() in f"{failure.title}\n{failure.detail}".lower()
    assert failure.path == "backend/Dockerfile"
    if line:
        assert failure.line == line


def test_a_target_that_is_not_there_is_told(make_shop: MakeShop) -> None:
    with pytest.raises(CheckFailed, match="absent"):
        build(make_shop(FILES), target="absent")


@pytest.mark.parametrize("base", ["127.0.0.1:1/team/base:1", "registry.invalid/team/base:1"])
def test_a_base_image_that_cannot_be_had_is_named(make_shop: MakeShop, base: str) -> None:
    shop = make_shop({**FILES, "backend/Dockerfile": f"FROM {base}\n"})
    with pytest.raises(RemoteError, match=f"backend: the image {base} cannot be had: .+"):
        build(shop)


def test_a_build_that_takes_too_long_is_ended(make_shop: MakeShop) -> None:
    step = f"RUN sleep 60 # {uuid.uuid4().hex}"
    shop = make_shop({**FILES, "backend/Dockerfile": f"FROM python:3.13-slim\n{step}\n"})
    begun = time.monotonic()
    with pytest.raises(CheckFailed, match="longer than 3 s"):
        build(shop, timeout_s=3.0)
    assert time.monotonic() - begun < 30


def test_an_engine_that_stops_during_a_build_is_told(make_shop: MakeShop, tmp_path: Path) -> None:
    step = f"RUN echo now && sleep 60 # {uuid.uuid4().hex}"
    shop = make_shop({**FILES, "backend/Dockerfile": f"FROM python:3.13-slim\n{step}\n"})
    image = Image("backend", context="backend")
    with Relay(tmp_path / "engine.sock") as relay:
        work = shop.work(DOCKER_HOST=f"unix://{relay.path}")
        shop.shown.call_at(" now\n", relay.stop)
        with pytest.raises(
            RemoteError, match="backend: the Docker engine stopped during the build"
        ):
            build_image(work, image, [image])


def test_a_full_disk_is_told(make_shop: MakeShop) -> None:
    step = f"RUN cat /dev/zero > /dev/shm/all # {uuid.uuid4().hex}"
    shop = make_shop({**FILES, "backend/Dockerfile": f"FROM python:3.13-slim\n{step}\n"})
    with pytest.raises(RemoteError, match="backend: no space is left where the engine builds"):
        build(shop)


def test_a_secret_as_build_argument_of_a_compose_file_is_refused(make_shop: MakeShop) -> None:
    build_ = "    build:\n      context: backend\n      args:\n        API_TOKEN: abc\n"
    compose = f"services:\n  backend:\n{build_}"
    shop = make_shop({**FILES, "compose.yaml": compose})
    with pytest.raises(SettingsError, match="compose.yaml:6: API_TOKEN is a secret by its name"):
        build(shop)


def test_a_build_secret_reaches_the_build_and_nothing_else(make_shop: MakeShop) -> None:
    step = f"RUN --mount=type=secret,id=pypi cat /run/secrets/pypi # {uuid.uuid4().hex}\n"
    shop = make_shop({**FILES, "backend/Dockerfile": f"FROM python:3.13-slim\n{step}"})
    image = Image("backend", context="backend", secrets={"pypi": "env:PYPI"})
    work = shop.work(PYPI="hunter2hunter2")
    _, built = build_image(work, image, [image])
    assert "hunter2hunter2" not in shop.shown.getvalue()
    assert "***" in shop.shown.getvalue()
    assert "hunter2" not in docker("image", "history", "--no-trunc", built.image_id)
    written = [p for p in (shop.root / ".cicd").rglob("*") if p.is_file()]
    assert not any(b"hunter2" in path.read_bytes() for path in written)


@pytest.mark.parametrize("source", ["file:secret.txt", "cmd:echo hunter2hunter2"])
def test_a_build_secret_may_be_a_file_or_a_commands_output(
    make_shop: MakeShop, source: str
) -> None:
    step = "RUN --mount=type=secret,id=pypi grep hunter2hunter2 /run/secrets/pypi\n"
    files = {**FILES, ".gitignore": "secret.txt\n.cicd\n"}
    shop = make_shop({**files, "backend/Dockerfile": f"FROM python:3.13-slim\n{step}"})
    shop.write({"secret.txt": "hunter2hunter2\n"})
    build(shop, secrets={"pypi": source})
    assert "hunter2hunter2" not in shop.shown.getvalue()


def test_a_build_secret_that_is_not_here_is_missing(make_shop: MakeShop) -> None:
    with pytest.raises(MissingError, match='the build secret "pypi" is not here: PYPI is not set'):
        build(make_shop(FILES), secrets={"pypi": "env:PYPI"})


def test_without_an_engine_the_address_is_named(make_shop: MakeShop) -> None:
    shop = make_shop(FILES)
    image = Image("backend", context="backend")
    work = shop.work(DOCKER_HOST="unix:///nowhere/docker.sock")
    with pytest.raises(MissingError, match="no Docker engine answers at unix:///nowhere"):
        build_image(work, image, [image])


def test_a_builder_that_is_not_there_is_named(make_shop: MakeShop) -> None:
    with pytest.raises(SettingsError, match='there is no builder "no-such-builder"'):
        build(make_shop(FILES), builder="no-such-builder")


def test_without_buildx_the_engines_own_buildkit_builds(
    make_shop: MakeShop, tmp_path: Path
) -> None:
    program = program_without_buildx(tmp_path)
    shop = make_shop(FILES)
    image = Image("backend", context="backend", secrets={"pypi": "env:PYPI"})
    _, built = build_image(
        shop.work(PATH=str(program.parent), PYPI="hunter2hunter2"), image, [image]
    )
    assert inspect(built.reference)["Id"] == built.image_id
    assert "bake" not in shop.shown.getvalue()


def test_a_second_builder_builds_and_the_image_arrives_here(make_shop: MakeShop) -> None:
    second = require_second_engine()
    shop = make_shop(FILES)
    _, built = build(shop, builder=second)
    assert inspect(built.reference)["Id"] == built.image_id
    assert labels(built)["org.opencontainers.image.title"] == "backend"


def test_an_engine_with_containerds_store_keeps_attestations_and_platforms(
    make_shop: MakeShop,
) -> None:
    second = require_second_engine()
    host = docker("context", "inspect", second, "--format", "{{.Endpoints.docker.Host}}")
    shop = make_shop({**FILES, "backend/Dockerfile": "FROM scratch\nCOPY main.py /\n"})
    image = Image(
        "backend",
        context="backend",
        attestations=("sbom", "provenance"),
        platforms=("linux/amd64", "linux/arm64"),
    )
    work = shop.work(DOCKER_HOST=host)
    _, built = build_image(work, image, [image])
    saved = subprocess.run(
        ("docker", "--context", second, "save", built.image_id), capture_output=True, check=True
    )
    with tarfile.open(fileobj=io.BytesIO(saved.stdout)) as tar:
        file = tar.extractfile(f"blobs/sha256/{built.image_id.removeprefix('sha256:')}")
        assert file is not None
        children = json.load(file)["manifests"]
    platforms = [child["platform"]["architecture"] for child in children]
    assert sorted(platforms) == ["amd64", "arm64", "unknown", "unknown"]
    docker("--context", second, "image", "rm", "--force", built.image_id)


def test_attestations_need_an_engine_that_keeps_them(make_shop: MakeShop) -> None:
    with pytest.raises(MissingError, match="backend: an image with sbom needs buildx"):
        build(make_shop(FILES), attestations=("sbom",))


def test_a_registry_keeps_a_cache_for_a_builder_that_can(
    make_shop: MakeShop, tmp_path: Path
) -> None:
    second = require_second_engine()
    shop = make_shop(FILES)
    with running_registry(tmp_path / "registry") as registry:
        cache = f"type=registry,ref={registry.host}/shop/cache"
        build(shop, builder=second, cache_from=cache, cache_to=f"{cache},mode=max")
        assert list(registry.storage.glob("**/shop/cache/_manifests/tags/latest"))
        shop.write({"backend/main.py": "two\n"})
        build(shop, builder=second, cache_from=cache)
        assert f"importing cache manifest from {registry.host}/shop/cache" in shop.shown.getvalue()


def test_a_cache_that_cannot_be_used_here_is_left_out(make_shop: MakeShop) -> None:
    build(make_shop(FILES), cache_from="type=gha", cache_to="type=gha,mode=max")


def test_the_same_commit_built_twice_without_cache_is_one_image(make_shop: MakeShop) -> None:
    second = require_second_engine()
    shop = make_shop({**FILES, "backend/Dockerfile": f"{BACKEND}RUN date +%Y > /year\n"})
    image = Image("backend", context="backend", builder=second)
    work = shop.work()
    _, built = build_image(work, image, [image])
    definition = str(work.run.folder / "images" / "bake.json")
    for _ in range(2):
        again = ("bake", "--no-cache", "--provenance=false", "--file", definition)
        buildx(second, *again, cwd=shop.root)
        archive = work.run.folder / "images" / "backend.tar"
        docker("load", "--input", str(archive))
        assert inspect(built.reference)["Id"] == built.image_id
