"""Plans compose.override.yaml: development, where the code that is edited is the code that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.config.files import files_of, folder_of, join
from cicd.images.dockerfiles.compose.variables import (
    database_of,
    development_values,
    render_variables,
)
from cicd.images.dockerfiles.plan import Planned
from cicd.images.dockerfiles.python.server import render_command
from cicd.images.dockerfiles.compose.services import migrate_command, relative
from cicd.images.dockerfiles.template import fill_template

if TYPE_CHECKING:
    from cicd.images.dockerfiles.python.image import BackendImage
    from cicd.images.dockerfiles.compose.application import Application
    from cicd.images.dockerfiles.node.image import FrontendImage
    from cicd.images.dockerfiles.compose.services import Service

NAME = "compose.override.yaml"
_PASSWORD = "development"
_DATABASE = """\
  db:
    environment:
      POSTGRES_PASSWORD: {password}
    ports: ["127.0.0.1:${{POSTGRES_PORT:-5432}}:5432"]
"""
_LISTEN = {
    "Vite": ("--host", "0.0.0.0", "--port", "8080", "--strictPort"),
    "SvelteKit": ("--host", "0.0.0.0", "--port", "8080"),
    "React Router": ("--host", "0.0.0.0", "--port", "8080"),
    "Astro": ("--host", "0.0.0.0", "--port", "8080"),
    "Angular": ("--host", "0.0.0.0", "--port", "8080"),
    "Vue CLI": ("--host", "0.0.0.0", "--port", "8080"),
    "Next.js": ("--hostname", "0.0.0.0", "--port", "8080"),
    "Gatsby": ("--host", "0.0.0.0", "--port", "8080"),
    "Create React App": (),
}
"""How each development server is told to listen where compose publishes; Create React App reads
it from the environment."""


def plan_override(application: Application) -> Planned:
    """Folders mounted, servers that reload, and a database with a password that is no secret."""
    blocks = []
    if application.stored:
        database = database_of(application.tree, application.stored[0].part, _PASSWORD)
        blocks.append(_DATABASE.format(password=database.password))
    for image, service in application.backends:
        if service.ours:
            blocks += _backend(application, image, service)
    for frontend, service in application.frontends:
        if service.ours:
            blocks += _frontend(application, frontend, service)
    services = "\n".join(block.rstrip("\n") + "\n" for block in blocks).rstrip("\n")
    text = fill_template("compose.override.yaml", services=services)
    where = f" --project-directory {application.shared}" if application.shared else ""
    return Planned(join(application.shared, NAME), text, f"docker compose{where} up --build")


def _backend(application: Application, image: BackendImage, service: Service) -> list[str]:
    tree, part = application.tree, image.part
    database = database_of(tree, part, _PASSWORD)
    variables = development_values(tree, part, database)
    folder = folder_of(part.path)
    inner = folder[len(image.install.context) :].strip("/")
    target = f"/app/{inner}".rstrip("/")
    common = {
        "environment_head": "environment:" if variables else "",
        "environment": render_variables(variables, "      "),
        "volumes": f'volumes: ["{relative(application.shared, folder)}:{target}:ro"]',
    }
    command = _reload(application, image, target)
    port = f"127.0.0.1:${{{service.variable}_PORT:-{service.port}}}:{service.port}"
    blocks = [
        fill_template(
            "override.backend.yaml",
            service=service.name,
            command=f"command: {render_command(command)}" if command else "",
            published=f'ports: ["{port}"]' if service.port and application.frontends else "",
            **common,
        )
    ]
    if part.postgres and migrate_command(tree, image)[0]:
        name = "migrate" if len(application.stored) == 1 else f"{service.name}-migrate"
        blocks.append(
            fill_template("override.backend.yaml", service=name, command="", published="", **common)
        )
    return blocks


def _reload(application: Application, image: BackendImage, target: str) -> tuple[str, ...]:
    """Only the package is watched: an environment beside it has thousands of files."""
    command = image.server.reload
    if not command or command[0] != "uvicorn":
        return command
    package = image.application.target.partition(":")[0].partition(".")[0]
    root, folder = image.application.root, folder_of(image.part.path)
    inner = root[len(folder) :].strip("/")
    if not files_of(application.tree).below(join(root, package)):
        return command
    return (*command, "--reload-dir", join(f"{target}/{inner}".rstrip("/"), package))


def _frontend(application: Application, image: FrontendImage, service: Service) -> list[str]:
    """The development server of the package, in the stage that has its packages."""
    folder, context = folder_of(image.part.path), image.install.context
    package = files_of(application.tree).json(join(folder, "package.json"))
    scripts = package.get("scripts") or {}
    script = next((name for name in ("dev", "start", "serve") if name in scripts), "")
    if not script or image.site.framework not in _LISTEN:
        return []
    options = _LISTEN[image.site.framework]
    # npm keeps options to itself unless they stand behind `--`.
    between = ("--",) if options and image.install.run[0] == "npm" else ()
    inner = folder[len(context) :].strip("/")
    workdir = f"/app/{inner}".rstrip("/")
    return [
        fill_template(
            "override.frontend.yaml",
            service=service.name,
            image=service.image,
            command=render_command((*image.install.run, script, *between, *options)),
            workdir=workdir,
            folder=relative(application.shared, folder),
            modules=f"{workdir}/node_modules",
        )
    ]
