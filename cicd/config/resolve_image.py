"""An image with every field found, and the place that each value comes from."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from cicd.config import image_fields
from cicd.config.compose_scan import is_development
from cicd.config.files import files_of, folder_of
from cicd.config.finding import DEFAULT, Finding
from cicd.config.image_place import find_place, lacking_dockerfile
from cicd.config.image_repository import find_repository
from cicd.config.images import named_places
from cicd.config.parts import DISCOVER, Image

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.config.compose_service import ComposeService
    from cicd.config.dockerfile import Dockerfile
    from cicd.tree import Tree

GIVEN = "noxfile.py"
_SEVERAL = frozenset("platforms repository cache_from cache_to attestations".split())


@dataclass(frozen=True, slots=True)
class FoundImage:
    """An image without an open field; `origins` are as those of `cicd.config.found.Found`."""

    image: Image
    origins: Mapping[str, str]
    notes: tuple[str, ...] = ()


def resolve_image(tree: Tree, image: Image) -> FoundImage:
    """Finds every field that nobody gave. Fields that take one name or several hold a tuple,
    paths are relative to the root, "." is the root itself.

    Raises `SettingsError` for an image without a Dockerfile.
    """
    finder = _Finder(tree, image)
    found = {each.name: finder.find(each.name) for each in fields(image)}
    values = {name: each.value for name, each in found.items()}
    origins = {name: each.origin for name, each in found.items()}
    notes = dict.fromkeys(note for each in found.values() for note in each.notes)
    return FoundImage(replace(image, **values), origins, tuple(notes))


class _Finder:
    """The fields of one image; what several of them are read from is read once."""

    def __init__(self, tree: Tree, image: Image) -> None:
        self._tree, self._image, self._files = tree, image, files_of(tree)
        place = find_place(self._files, image)
        if place is None or place.dockerfile not in self._files:
            raise lacking_dockerfile(self._files, image)
        self._place = place
        self._service = self._read_service()
        self._known: dict[str, Finding] = {}
        self._parsed: Dockerfile | None = None

    def find(self, name: str) -> Finding:
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> Finding:
        given = getattr(self._image, name)
        surveyed = name in ("dockerfile", "target") and self._is_surveyed()
        if given is DISCOVER or surveyed:
            found: Finding = getattr(self, f"_{name}")()
        else:
            default = next(each.default for each in fields(Image) if each.name == name)
            plain = given == default or (not given and name in ("secrets",))
            found = Finding(given, DEFAULT if plain else GIVEN)
        return _normal(name, found)

    def _is_surveyed(self) -> bool:
        """`survey_images` gives a name, a Dockerfile and a target: nobody wrote those."""
        place = named_places(self._files).get(self._image.name)
        target = place.service.target if place and place.service else None
        wanted = DISCOVER if target is None else target
        bare = Image(self._image.name, dockerfile=place.dockerfile if place else "", target=wanted)
        return place is not None and bare == self._image

    def _read_service(self) -> ComposeService | None:
        if not self._place.service:
            return None
        from cicd.config.compose_service import ComposeService

        return ComposeService(self._files, self._place.service.file, self._place.service.name)

    def _dockerfile(self) -> Finding:
        service = self._place.service
        where = f"{service.file}:{service.line}" if service else "its folder"
        return Finding(self._place.dockerfile, where)

    def _context(self) -> Finding:
        return image_fields.find_context(
            self._files, self._place.dockerfile, self._read({}), self._service
        )

    def _target(self) -> Finding:
        told = (self._service and self._service.target()) or Finding(None)
        if not is_development(told.value):
            return told
        note = (
            f"{told.origin} builds the stage {told.value}, one for development: the last is taken"
        )
        return Finding(None, DEFAULT, note)

    def _build_args(self) -> Finding:
        return (self._service and self._service.build_args()) or Finding({})

    def _repository(self) -> Finding:
        told = self._service.repository() if self._service else None
        return told or find_repository(self._tree.root, self._image.name)

    def _port(self) -> Finding:
        return image_fields.find_port(self._place.dockerfile, *self._built())

    def _health(self) -> Finding:
        return image_fields.find_health(self._place.dockerfile, *self._built())

    def _backend(self) -> Finding:
        from cicd.config.backends import find_backends
        from cicd.config.skipped import is_seldom

        context = folder_of(str(self.find("context").value))
        # An image of an example that somebody names is as good as any other.
        folders = find_backends(self._files, everywhere=is_seldom(context))
        parsed, target, _ = self._built()
        return image_fields.find_backend(
            self._files, self._place.dockerfile, context, parsed, target, folders
        )

    def _env(self) -> Finding:
        """What its service is given; what leads to a database is that of its backend."""
        told = (self._service and self._service.environment()) or Finding({})
        folder = self.find("backend").value
        if not isinstance(folder, str):
            return told
        from cicd.config.connection import find_env

        connection = find_env(self._files, folder_of(folder))
        origins = [each.origin for each in (told, connection) if each.value]
        return Finding(
            {**told.value, **connection.value}, ", ".join(origins) or DEFAULT, *connection.notes
        )

    def _built(self) -> tuple[Dockerfile, str | None, ComposeService | None]:
        return self._read(self.find("build_args").value), self.find("target").value, self._service

    def _read(self, arguments: Mapping[str, str]) -> Dockerfile:
        from cicd.config.dockerfile import parse_dockerfile

        return parse_dockerfile(self._files.text(self._place.dockerfile), arguments)


def _normal(name: str, found: Finding) -> Finding:
    value: Any = found.value
    if name in _SEVERAL and isinstance(value, str):
        value = (value,)
    if name in ("context", "dockerfile"):
        value = folder_of(value) or "."
    return Finding(value, found.origin, *found.notes)
