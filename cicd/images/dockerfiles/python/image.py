"""Plans a backend's Dockerfile and .dockerignore."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd.config.dependencies import dependencies
from cicd.config.files import files_of, folder_of, join
from cicd.images.dockerfiles.plan import Plan, Planned, build_hint
from cicd.images.dockerfiles.python.application import Application, find_application
from cicd.images.dockerfiles.python.blocks import Install, is_package
from cicd.images.dockerfiles.python.installs import plan_install
from cicd.images.dockerfiles.python.needs import locked_version, runtime_dependencies
from cicd.images.dockerfiles.python.render import render_backend
from cicd.images.dockerfiles.python.server import Server, plan_server
from cicd.images.dockerfiles.template import fill_template

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.config.files import Files
    from cicd.config.parts import Backend
    from cicd.tree import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendImage:
    """What the files of a backend say, for the compose file to agree with."""

    part: Backend
    application: Application
    server: Server
    install: Install
    known: dict[str, str] = field(default_factory=dict)


def study_backend(tree: Tree, part: Backend) -> BackendImage | None:
    """What the image of a completed part starts and installs; None for a library."""
    files, folder = files_of(tree), folder_of(part.path)
    install = plan_install(files, folder, part)
    known = runtime_dependencies(files, folder, str(part.install))
    application = find_application(files, folder)
    if not application.kind and not part.postgres and is_package(files, folder):
        return None
    server = plan_server(application, known, locked_version(files, install.lock, "uvicorn"))
    return BackendImage(
        part=part, application=application, server=server, install=install, known=known
    )


def plan_backend(tree: Tree, image: BackendImage, others: Sequence[str] = ()) -> Plan:
    """A Dockerfile with its .dockerignore, for a folder that has none; `others` are the folders
    of frontends in it, which have images of their own."""
    files, folder = files_of(tree), folder_of(image.part.path)
    dockerfile = join(folder, "Dockerfile")
    # The engine looks for one beside the Dockerfile first; the context may be a folder above.
    own = image.install.context == folder
    ignore = join(folder, ".dockerignore") if own else f"{dockerfile}.dockerignore"
    inner = [each[len(image.install.context) :].strip("/") for each in others]
    gap = image.server.gap or image.install.gap
    text = render_backend(tree, image)
    at = text.count("\n")
    return Plan(
        files=(
            Planned(ignore, fill_template("backend.dockerignore", others="\n".join(inner))),
            Planned(dockerfile, text, build_hint(folder, image.install.context)),
        ),
        remarks=tuple(f"{dockerfile}: {each}" for each in _remarks(files, folder, image)),
        gaps=(f"{dockerfile}:{at}: {gap}",) if gap else (),
    )


def _remarks(files: Files, folder: str, image: BackendImage) -> list[str]:
    remarks = [image.server.remark] if image.server.remark else []
    if image.server.listens and not image.application.health:
        remarks.append(
            "no health address was found, so the check only asks whether its port answers"
        )
    if image.part.migrations == "alembic" and "alembic" not in image.known:
        if "alembic" in dependencies(files, folder):
            remarks.append("alembic is a dependency of development only: its image cannot migrate")
    return remarks
