"""One application: its parts with their services, and the lines that services share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.images.dockerfiles.compose.services import relative
from cicd.images.dockerfiles.compose.variables import env_files, quote

if TYPE_CHECKING:
    from cicd.images.dockerfiles.compose.services import Service
    from cicd.images.dockerfiles.node.image import FrontendImage
    from cicd.images.dockerfiles.python.image import BackendImage
    from cicd.tree import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """The parts of one application with their services; `shared` is the compose file's folder."""

    tree: Tree
    shared: str
    backends: tuple[tuple[BackendImage, Service], ...]
    frontends: tuple[tuple[FrontendImage, Service], ...]

    @property
    def stored(self) -> tuple[BackendImage, ...]:
        """The backends that need a PostgreSQL."""
        return tuple(image for image, _ in self.backends if image.part.postgres)

    @property
    def served(self) -> Service | None:
        """The backend that a frontend's API is handed to: the first that listens."""
        return next((service for _, service in self.backends if service.port), None)


def env_file_line(application: Application, image: BackendImage) -> str:
    names = env_files(application.tree, image.part)
    folders = [relative(application.shared, name) for name in names]
    return f"env_file: [{', '.join(map(quote, folders))}]" if names else ""


def dockerfile_line(service: Service) -> str:
    return f"dockerfile: {service.dockerfile}" if service.dockerfile else ""


def hardened_lines(service: Service) -> dict[str, str]:
    """What our own files are made for; another Dockerfile may need to write."""
    ours = service.ours
    return {
        "read_only": "read_only: true" if ours else "",
        "tmpfs": 'tmpfs: ["/tmp"]' if ours else "",
    }


def condition_lines(conditions: dict[str, str]) -> str:
    return "\n".join(
        f"      {name}: {{ condition: {state} }}" for name, state in conditions.items()
    )
