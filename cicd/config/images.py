"""The images of a repository, found by their Dockerfiles."""

from __future__ import annotations

import re
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from cicd.config.files import files_of, join, parent
from cicd.config.naming import name_folders
from cicd.config.parts import Image
from cicd.config.skipped import is_tooling, may_be

if TYPE_CHECKING:
    from cicd.config.compose_scan import Service
    from cicd.config.files import Files
    from cicd.tree import Tree

PLAIN = ("Dockerfile", "Containerfile", "dockerfile")
_SUFFIXED = r"(?:Dockerfile|Containerfile)[.-]([\w.-]+)|([\w.-]+)\.[dD]ockerfile"
_NO_DOCKERFILE = (
    r".*\.(dockerignore|md|txt|j2|jinja2?|in|py|sh|erb)|.*[.-](tmpl|tpl|template|example|sample)"
)
_CALLED = ("dockerfile", "containerfile")
_KIND = "image"
_VARIANTS = frozenset(
    "prod production dev development test tests ci local staging release debug base".split()
)


class Place(NamedTuple):
    """Where an image comes from: its Dockerfile, and the service that is built from it."""

    dockerfile: str
    service: Service | None = None


def survey_images(tree: Tree) -> tuple[Image, ...]:
    """All images, each with its name and its Dockerfile: `resolve_image` finds the rest."""
    return tuple(
        (
            Image(name, dockerfile=place.dockerfile, target=place.service.target)
            if place.service and place.service.target
            else Image(name, dockerfile=place.dockerfile)
        )
        for name, place in named_places(files_of(tree)).items()
    )


def named_places(files: Files) -> dict[str, Place]:
    """The places of all images, by the images' names.

    An image is called as the service that it is built for; else as the suffix of its
    Dockerfile; else as its folder. A folder of tools (`docker/`) names nothing.
    """
    places = _places(files)
    names = name_folders(files, [(_KIND, _naming_folder(place)) for place in places])
    return dict(zip(map(_plain_name, names), places, strict=True))


def is_dockerfile(base: str) -> bool:
    if base in PLAIN:
        return True
    return bool(re.fullmatch(_SUFFIXED, base)) and not re.fullmatch(_NO_DOCKERFILE, base)


def _plain_name(name: str) -> str:
    """Of two with one name the first keeps it: `name_folders` tells kinds apart, here is one."""
    return re.sub(rf"_{_KIND}(_\d+)?$", r"\1", name)


def _places(files: Files) -> list[Place]:
    """Each Dockerfile once, or once for each stage that a service is built of."""
    bases = [base for base in files.bases() if any(word in base.lower() for word in _CALLED)]
    services = _services(files) if bases else []
    found = {join(f, base) for base in bases if is_dockerfile(base) for f in files.folders(base)}
    found |= {service.dockerfile for service in services}
    kept = (name for name in sorted(found) if may_be(_meaning(name), everywhere=False))
    return [place for name in kept for place in _of(name, services)]


def _meaning(dockerfile: str) -> str:
    """Its folder, with what `Dockerfile.<name>` is for: `Dockerfile.test` is as one in `test/`."""
    folder, base = parent(dockerfile), dockerfile.rpartition("/")[2]
    return join(folder, _word(base)) if base not in PLAIN else folder


def _word(base: str) -> str:
    """The name in `Dockerfile.<name>` or `<name>.Dockerfile`."""
    suffixed = re.fullmatch(_SUFFIXED, base)
    return (suffixed[1] or suffixed[2]) if suffixed else base


def _services(files: Files) -> list[Service]:
    """Compose files are read only where there is something to build. They may build a
    Dockerfile of any name (`DockerfileFront`)."""
    from cicd.config.compose_scan import scan_services

    return scan_services(files)


def _of(dockerfile: str, services: list[Service]) -> list[Place]:
    """The first file that builds it decides; of services that share a stage, the one that
    listens, unless they are built with different arguments. A profile's service counts where
    there is no other."""
    mine = [each for each in services if each.dockerfile == dockerfile]
    if not mine:
        return [Place(dockerfile)]
    kind = attrgetter("file", "aside", "early")
    chosen = [each for each in mine if kind(each) == kind(mine[0])]
    kept: list[Service] = []
    for each in sorted(chosen, key=lambda service: (not service.listens, not service.args)):
        same = [set(other.args) for other in kept if other.target == each.target]
        if not same or (each.args and set(each.args) not in same):
            kept.append(each)
    return [Place(dockerfile, each) for each in chosen if each in kept]


def _naming_folder(place: Place) -> str:
    """The folder that would give the image its name; `name_folders` tells equal ones apart."""
    folder, base = parent(place.dockerfile), place.dockerfile.rpartition("/")[2]
    while folder and is_tooling(folder.rpartition("/")[2]):
        folder = parent(folder)
    if place.service:
        return join(folder, place.service.name)
    if base in PLAIN:
        return folder
    word = _word(base)
    if word in _VARIANTS and folder:
        return f"{folder}_{word}"
    return join(folder, word)
