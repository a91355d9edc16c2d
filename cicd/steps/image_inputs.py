"""Which files decide what is found in an image: those it is built from, and proven with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.config.files import files_of
from cicd.config.inputs import part_inputs
from cicd.steps.image_database import find_backend
from cicd.steps.image_lint import find_lint_settings
from cicd.steps.image_recipe import plan_image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.config.parts import Image, Part
    from cicd.steps.work import Work

_SETTINGS = ("noxfile.py", "compose", "docker-compose", "docker-bake", ".env", ".dockerignore")


def image_inputs(work: Work, image: Image, parts: Sequence[Part]) -> frozenset[str]:
    """The context as the build reads it, the Dockerfile, the files that say how it is started,
    and those of the backend whose migrations its database needs. Raises `SettingsError`."""
    plan = plan_image(work, image)
    files, dockerfile = files_of(work.tree), str(plan.image.dockerfile)
    found = {*plan.files, dockerfile, f"{dockerfile}.dockerignore"}
    found.update(name for name in files.inside("") if name.startswith(_SETTINGS))
    if lint := find_lint_settings(work, plan.image):
        found.add(lint.relative_to(work.place.root).as_posix())
    if backend := find_backend(plan.image, work, parts):
        found |= part_inputs(work.tree, backend, parts)
    return frozenset(found)
