"""What the services of a compose file are made of: one value for each part."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cicd.config.files import files_of, folder_of, join, parent
from cicd.config.migrations import alembic_config, extensions
from cicd.images.dockerfiles.python.image import BackendImage
from cicd.images.dockerfiles.python.server import PORT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.images.dockerfiles.node.image import FrontendImage
    from cicd.tree import Tree

_EXTENDED = {
    "vector": "pgvector/pgvector:pg{major}",
    "postgis": "postgis/postgis:{major}-3.5",
    "timescaledb": "timescale/timescaledb:latest-pg{major}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A part in compose: `image` is the name its build is given, `context` and `dockerfile` are
    relative to the compose file; `ours` is false for a Dockerfile that was there before."""

    name: str
    image: str
    context: str
    dockerfile: str
    port: int | None
    ours: bool
    healthy: bool

    @property
    def variable(self) -> str:
        """The prefix of the variables that speak of it: "BACKEND" of `BACKEND_IMAGE`."""
        return re.sub(r"\W", "_", self.name).upper()


def plan_service(
    tree: Tree, image: BackendImage | FrontendImage, shared: str, ours: bool
) -> Service:
    """The service of a part below the folder `shared`."""
    folder, context = folder_of(image.part.path), image.install.context
    name = str(image.part.name).replace("_", "-").strip("-")
    project = (shared or str(tree.root)).rpartition("/")[2].lower()
    there = "" if ours else files_of(tree).text(join(folder, "Dockerfile"))
    inner = folder[len(context) :].strip("/")
    return Service(
        name=name,
        image=re.sub(r"[^a-z0-9._-]+", "-", f"{project}-{name}").strip("-._"),
        context=relative(shared, context),
        dockerfile=f"{inner}/Dockerfile" if inner and ours else "",
        port=_port(image, there),
        ours=ours,
        healthy=ours and _listens(image) or "HEALTHCHECK" in there,
    )


def relative(shared: str, folder: str) -> str:
    """A folder as the compose file names it: "./backend", "."."""
    inner = folder[len(shared) :].strip("/")
    return f"./{inner}" if inner else "."


def shared_folder(folders: Sequence[str]) -> str:
    """The folder that all of them lie in; of one alone, the repository's root."""
    if len(folders) < 2:
        return ""
    pieces = [folder.split("/") if folder else [] for folder in folders]
    common = []
    for level in zip(*pieces, strict=False):
        if len(set(level)) > 1:
            break
        common.append(level[0])
    found = "/".join(common)
    return parent(found) if found in folders else found


def database_image(tree: Tree, images: Sequence[BackendImage]) -> str:
    """PostgreSQL of the major that the parts name, with the extensions that their migrations
    create where PostgreSQL's own image has them not."""
    major = max((str(image.part.postgres) for image in images), key=lambda text: (len(text), text))
    created = {name for image in images for name in extensions(tree, image.part)}
    found = next((each for name, each in _EXTENDED.items() if name in created), "postgres:{major}")
    return found.format(major=major)


def data_folder(major: str) -> str:
    """Where the image keeps its data, which moved with 18."""
    return (
        "/var/lib/postgresql"
        if int(re.sub(r"\D", "", major) or 0) >= 18
        else "/var/lib/postgresql/data"
    )


def migrate_command(tree: Tree, image: BackendImage) -> tuple[tuple[str, ...], str]:
    """The command that migrates, and the folder it runs in, relative to the context;
    () for a part that has no migrations."""
    part, context = image.part, image.install.context
    if isinstance(part.migrations, tuple):
        return part.migrations, ""
    if part.migrations == "django":
        return ("python", "manage.py", "migrate", "--noinput"), ""
    if part.migrations != "alembic":
        return (), ""
    config = alembic_config(tree, part) or PurePosixPath("alembic.ini")
    folder = "" if str(config.parent) == "." else str(config.parent)
    own = folder_of(part.path)
    return ("alembic", "upgrade", "head"), (
        "" if folder == own else folder[len(context) :].strip("/")
    )


def _listens(image: BackendImage | FrontendImage) -> bool:
    return image.server.listens if isinstance(image, BackendImage) else True


def _port(image: BackendImage | FrontendImage, there: str) -> int | None:
    exposed = re.search(r"^EXPOSE\s+(\d+)", there, re.M)
    if exposed:
        return int(exposed[1])
    if isinstance(image, BackendImage):
        return PORT if image.server.listens else None
    return 80 if there else 8080
