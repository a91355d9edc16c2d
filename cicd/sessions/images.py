"""The sessions of images: build and proof, the whole application, and what publishes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.sessions.pipeline import CI, PUSH
from cicd.sessions.registry import register, register_plain, require

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import nox

    from cicd.config.parts import Image, Part, Registry
    from cicd.steps.noting import Scope
    from cicd.steps.work import Work

    Body = Callable[[nox.Session], object]


def register_images(
    images: Sequence[Image], parts: Sequence[Part], registries: Sequence[Registry]
) -> None:
    """`<image>_image` for each image, which `ci` requires, and those that no verdict needs."""
    for image in images:
        name = f"{image.name}_image"
        description = "Build, check, start it, ask its health address"
        body, scope = _image(image, images, parts), _scope(image, parts)
        register(name, body, description, part=image.name, verb="image", scope=scope)
        require(CI, [name])
    if images:
        _register_publishing(images, parts, registries)
    if parts:
        _register_dockerfiles(parts)


def _register_publishing(
    images: Sequence[Image], parts: Sequence[Part], registries: Sequence[Registry]
) -> None:
    """Named on the command line only: they change what others see."""

    def stack(session: nox.Session) -> object:
        from cicd.steps.stacking import run_stack

        return run_stack(session, images, parts)

    def push(session: nox.Session) -> object:
        from cicd.steps.publish import push_images

        return push_images(session, images, registries)

    def promote(session: nox.Session) -> object:
        from cicd.steps.publish import promote_image

        return promote_image(session, registries)

    def registry_prune(session: nox.Session) -> object:
        from cicd.steps.publish import prune_registries

        return prune_registries(session, images, registries)

    register("stack", stack, "The whole application together, and its smoke tests", verb="stack")
    register(PUSH, push, "What `ci` built and verified, to its registries", verb="push")
    register("promote", promote, "-- SOURCE TARGET: another name for a digest", verb="promote")
    register("registry_prune", registry_prune, "What no kept tag needs; a plan first", verb="prune")


def _register_dockerfiles(parts: Sequence[Part]) -> None:
    def dockerfiles(session: nox.Session) -> None:
        from cicd.steps.dockerfiles import write_dockerfiles

        write_dockerfiles(session, parts)

    register_plain("dockerfiles", dockerfiles, "Dockerfiles for those who have none")


def _scope(image: Image, parts: Sequence[Part]) -> Scope:
    def scope(work: Work) -> Iterable[str]:
        from cicd.steps.image_inputs import image_inputs

        return image_inputs(work, image, parts)

    return scope


def _image(image: Image, images: Sequence[Image], parts: Sequence[Part]) -> Body:
    def body(session: nox.Session) -> object:
        from cicd.steps.images import build_and_prove

        return build_and_prove(session, image, images, parts)

    return body
