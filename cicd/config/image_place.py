"""Where an image comes from: its Dockerfile, found or missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.config.complaint import complaint, meant
from cicd.config.files import folder_of
from cicd.config.images import PLAIN, Place, named_places

if TYPE_CHECKING:
    from cicd.config.files import Files
    from cicd.config.parts import Image


def has_dockerfile(files: Files, image: Image) -> bool:
    """Whether `find_place` finds a file; what compose files say is read only where nothing else
    names one."""
    if name := _dockerfile(files, image):
        return name in files
    return image.name in named_places(files)


def find_place(files: Files, image: Image) -> Place | None:
    """The Dockerfile of an image, and the service that is built from it."""
    places = named_places(files)
    known = places.get(image.name)
    name = _dockerfile(files, image)
    if not name:
        return known
    if known and known.dockerfile == name:
        return known
    same = [place for place in places.values() if place.dockerfile == name]
    fitting = [each for each in same if each.service and each.service.target == image.target]
    return (fitting or same or [Place(name)])[0]


def _dockerfile(files: Files, image: Image) -> str:
    if isinstance(image.dockerfile, str):
        return folder_of(image.dockerfile)
    if isinstance(image.context, str):
        return files.first(folder_of(image.context), *PLAIN)
    return ""


def lacking_dockerfile(files: Files, image: Image) -> Exception:
    """The error for an image whose Dockerfile is not there; the nearest one is named."""
    call = f'cicd.Image("{image.name}", …)'
    known = [place.dockerfile for place in named_places(files).values()]
    wanted = _dockerfile(files, image)
    if isinstance(image.dockerfile, str):
        close = meant(folder_of(image.dockerfile), known)
        hint = f'did you mean "{close}"?' if close else _there_are(known)
        return complaint(call, f'there is no file "{image.dockerfile}" that git knows', hint)
    if isinstance(image.context, str):
        return complaint(call, f'there is no Dockerfile in "{image.context}"', _there_are(known))
    fix = 'write context="…", or dockerfile="…"' if known else ""
    return (
        complaint(
            call,
            f'no Dockerfile is found for "{image.name}"',
            " ".join((_there_are(known), fix)).strip(),
        )
        if not wanted
        else complaint(call, f'there is no "{wanted}"')
    )


def _there_are(known: list[str]) -> str:
    shown = ", ".join(f'"{each}"' for each in known[:5])
    return f"there is one at: {shown};" if shown else "`nox -s dockerfiles` writes one"
