"""The same commit of the example, built again without any cache, is the same two images."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import pytest
from tests.conftest import ROOT
from tests.engine.images.shops import MakeShop, buildx, docker, require_second_engine

from cicd.config.images import survey_images
from cicd.images.local import inspect_images
from cicd.images.builders import require_docker
from cicd.steps.image_build import build_image

pytestmark = [pytest.mark.engine, pytest.mark.network]
BOOKSHOP = ROOT / "examples" / "bookshop"


def example() -> dict[str, str]:
    command = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", ".")
    listed = subprocess.run(command, cwd=BOOKSHOP, capture_output=True, check=True)
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return {name: (BOOKSHOP / name).read_text(encoding="utf-8") for name in names}


@pytest.mark.timeout(900)
def test_the_example_built_again_without_cache_has_the_same_digests(make_shop: MakeShop) -> None:
    second = require_second_engine()
    shop = make_shop({**example(), ".gitignore": ".cicd/\n"})
    images = [replace(image, builder=second) for image in survey_images(shop.tree)]
    work = shop.work("backend_image")
    built = [build_image(work, image, images)[1] for image in images]
    assert [one.name for one in built] == ["backend", "frontend"]
    folder = work.run.folder / "images"
    again = ("bake", "--no-cache", "--provenance=false", "--file", str(folder / "bake.json"))
    buildx(second, *again, cwd=shop.root)
    for one in built:
        docker("load", "--input", str(folder / f"{one.name}.tar"))
    references = [one.reference for one in built]
    found = inspect_images(require_docker(work.environ), references, work.place.runner)
    assert [found[one.reference].id for one in built] == [one.image_id for one in built]
