"""The images that the services of a compose file run: those of this repository, just built."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.config.naming import identifier
from cicd.config.parts import Discover, Image
from cicd.errors import SettingsError
from cicd.images.stack.services import Build, read_builds
from cicd.steps.image_build import build_image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.images.port import Built
    from cicd.images.stack.model import Model
    from cicd.steps.work import Work


def stack_images(work: Work, model: Model, images: Sequence[Image], file: str) -> dict[str, str]:
    """The reference of the built image for each service that is built in this repository.

    A service is matched by context, Dockerfile and stage, and where several are built of those
    by its arguments. What none of `images` is, such as a database with an extension of its own,
    is built in the same way. Raises `SettingsError` for
    a build that lies outside of the repository, and for a stack of none of the images.
    """
    root = work.place.root
    wanted = read_builds(model)
    if not wanted:
        raise SettingsError(
            f"{file} starts none of the images of this repository: no service has a `build`",
            fix=f"give the services of the application a `build` in {file}",
        )
    built = [build_image(work, image, images) for image in images]
    known = {build.services: _matching(root, build, wanted, built) for build in wanted}
    others = {b.services: _image(root, b, file) for b in wanted if not known[b.services]}
    for services, image in others.items():
        known[services] = build_image(work, image, (*images, *others.values()))[1].reference
    return {service: reference for names, reference in known.items() for service in names}


_Key = tuple[str, str, str | None]


def _matching(
    root: Path, build: Build, wanted: Sequence[Build], built: Sequence[tuple[Image, Built]]
) -> str:
    """The reference of the image that a service wants, or "". Where one is built of the same,
    its arguments may differ: Compose also fills in those that nobody sets."""
    key = _key_of(build)
    same = [(image, made) for image, made in built if _key(root, image) == key]
    alike = [made for image, made in same if image.build_args == build.args]
    alone = len(same) == 1 and sum(_key_of(each) == key for each in wanted) == 1
    chosen = alike or [made for _, made in same if alone]
    return chosen[0].reference if chosen else ""


def _key(root: Path, image: Image) -> _Key:
    """`image` has every field."""
    context, dockerfile = root / _text(image.context), root / _text(image.dockerfile)
    target = None if isinstance(image.target, Discover) else image.target
    return os.path.realpath(context), os.path.realpath(dockerfile), target


def _key_of(build: Build) -> _Key:
    return os.path.realpath(build.context), os.path.realpath(build.dockerfile), build.target


def _text(value: str | Discover) -> str:
    return "." if isinstance(value, Discover) else value


def _image(root: Path, build: Build, file: str) -> Image:
    """A part for what only the compose file builds."""
    service = build.services[0]
    try:
        context = Path(os.path.realpath(build.context)).relative_to(os.path.realpath(root))
        dockerfile = Path(os.path.realpath(build.dockerfile)).relative_to(os.path.realpath(root))
    except ValueError:
        raise SettingsError(
            f"{file}: the service `{service}` is built from {build.context}, "
            "which is not a folder of this repository"
        ) from None
    return Image(
        identifier(f"stack_{service}", "image"),
        context=context.as_posix(),
        dockerfile=dockerfile.as_posix(),
        target=build.target,
        build_args=build.args,
        port=None,
        health=None,
        backend=None,
    )
