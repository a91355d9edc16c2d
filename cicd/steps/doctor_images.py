"""What `doctor` says of images: what was found, and whether this machine can build them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.config.resolve_image import resolve_image
from cicd.errors import CicdError, MissingError
from cicd.images.builders import require_builder, require_docker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cicd.config.parts import Image
    from cicd.config.resolve_image import FoundImage
    from cicd.images.builders import Builder, Docker
    from cicd.steps.work import Work

_ASK_S = 30.0
_LABEL = f"{'images':<15} "


def describe_image(work: Work, image: Image) -> Iterator[str]:
    """Its Dockerfile, and each field that has a value of its own, with its origin."""
    try:
        found = resolve_image(work.tree, image)
    except CicdError as error:
        yield f"  image     {image.name}  {error}"
        return
    yield f"  image     {image.name}  {found.image.dockerfile}"
    for field, origin in found.origins.items():
        value = getattr(found.image, field)
        if field not in ("name", "dockerfile") and origin != "default" and value not in ({}, ()):
            yield f"    {field:<17} {_value(field, value)}  ({origin})"
    yield from _notes(found)


def _notes(found: FoundImage) -> Iterator[str]:
    if not found.image.repository:
        yield "    note: no repository is known; `push` needs one: repository=…"
    if found.image.port and not found.image.health:
        yield "    note: no health address is known; any answer of its port counts: health=…"
    for note in found.notes:
        yield f"    note: {note}"


def _value(field: str, value: object) -> str:
    """Of variables, and of what leads to secrets, the names alone."""
    if isinstance(value, dict):
        return ", ".join(
            name if "{" not in text else f"{name}={text}" for name, text in value.items()
        )
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return "none" if value is None else str(value)


def describe_engine(work: Work, images: Sequence[Image]) -> Iterator[str]:
    """Who would build here, and where images are started; or what is missing for that."""
    try:
        docker = require_docker(work.environ)
        yield f"{_LABEL}are started in {_engine(work, docker)}"
        for name in dict.fromkeys(image.builder for image in images):
            yield _LABEL + _builder(require_builder(docker, name, work.environ, work.place.runner))
    except CicdError as error:
        first, *rest = str(error).splitlines()
        yield f"{_LABEL}cannot be built or proven here: {first}"
        yield from (f"{'':<15} {line}" for line in rest)
        yield f"{'':<15} they will be NOT VERIFIED here, and are an error where CI is set"


def _engine(work: Work, docker: Docker) -> str:
    words = ("version", "--format", "{{.Server.Version}}")
    asked = work.place.runner.run(docker.command(*words), timeout_s=_ASK_S, quiet=True)
    if not asked.ok:
        raise MissingError(
            f"no Docker engine answers at {docker.address}",
            fix="https://docs.docker.com/engine/install/",
        )
    return f"Docker {asked.output.strip()} ({docker.address})"


def _builder(builder: Builder) -> str:
    if not builder.has_buildx:
        return "are built by the engine's BuildKit, one after the other: there is no buildx"
    named = f'builder "{builder.name}"' if builder.name else "the builder in use"
    same = (
        "the same commit gives the same image"
        if builder.rewrites_times
        else "times of files differ"
    )
    return f"are built by buildx, {named} ({builder.driver}), {same}"
