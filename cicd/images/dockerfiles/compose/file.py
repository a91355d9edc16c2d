"""Plans compose.yaml: the database, its migration, backends and frontends, and their tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.config.files import join
from cicd.images.dockerfiles.compose.application import (
    Application,
    condition_lines,
    dockerfile_line,
    env_file_line,
    hardened_lines,
)
from cicd.images.dockerfiles.compose.services import (
    Service,
    data_folder,
    database_image,
    migrate_command,
)
from cicd.images.dockerfiles.compose.trials import trial_services
from cicd.images.dockerfiles.compose.variables import (
    database_of,
    plan_variables,
    render_variables,
)
from cicd.images.dockerfiles.plan import Planned
from cicd.images.dockerfiles.python.server import render_command
from cicd.images.dockerfiles.template import fill_template

if TYPE_CHECKING:
    from cicd.images.dockerfiles.node.image import FrontendImage
    from cicd.images.dockerfiles.python.image import BackendImage

NAME = "compose.yaml"


def plan_compose(application: Application) -> Planned:
    """The file that production may use as it is, and development adds to."""
    blocks = [*_database(application)]
    for image, service in application.backends:
        blocks += _backend(application, image, service)
    for number, (frontend, service) in enumerate(application.frontends):
        blocks.append(_frontend(application, frontend, service, 8080 + number))
    for image, service in application.backends:
        blocks += trial_services(application, image, service)
    text = "services:\n" + "\n".join(blocks)
    if application.stored:
        text += "\nvolumes:\n  db:\n"
    return Planned(join(application.shared, NAME), text, _hint(application))


def _hint(application: Application) -> str:
    file = join(application.shared, NAME)
    secret = "POSTGRES_PASSWORD=… " if application.stored else ""
    return f"{secret}docker compose -f {file} up --build"


def _database(application: Application) -> list[str]:
    if not application.stored:
        return []
    database = database_of(application.tree, application.stored[0].part, "")
    image = database_image(application.tree, application.stored)
    return [
        fill_template(
            "compose.db.yaml",
            image=image,
            user=database.user,
            password=database.password,
            name=database.name,
            data=data_folder(image.rpartition(":")[2].partition("-")[0]),
        )
    ]


def _backend(application: Application, image: BackendImage, service: Service) -> list[str]:
    """The service, and before it may start, the one that migrates its database."""
    tree, part = application.tree, image.part
    variables = plan_variables(tree, part, database_of(tree, part, ""))
    if application.frontends and service.port:
        # nginx is the only one who reaches it.
        variables["FORWARDED_ALLOW_IPS"] = "*"
    command, folder = migrate_command(tree, image) if part.postgres else ((), "")
    migrate = "migrate" if len(application.stored) == 1 else f"{service.name}-migrate"
    conditions = {"db": "service_healthy"} if part.postgres else {}
    conditions |= {migrate: "service_completed_successfully"} if command else {}
    env_file = env_file_line(application, image)
    common = {"anchor": service.name, "env_file": env_file} | hardened_lines(service)
    blocks = [
        fill_template(
            "compose.backend.yaml",
            service=service.name,
            variable=service.variable,
            image=service.image,
            context=service.context,
            dockerfile=dockerfile_line(service),
            environment_head=f"environment: &{service.name}-environment" if variables else "",
            environment=render_variables(variables, "      "),
            depends="depends_on:" if conditions else "",
            conditions=condition_lines(conditions),
            ports="" if application.frontends or not service.port else "ports:",
            published="" if application.frontends else _published(service),
            **common,
        )
    ]
    if command:
        blocks.append(
            fill_template(
                "compose.migrate.yaml",
                service=migrate,
                command=render_command(command),
                working_dir=f"working_dir: /app/{folder}" if folder else "",
                environment=f"environment: *{service.name}-environment" if variables else "",
                **common,
            )
        )
    return blocks


def _frontend(application: Application, image: FrontendImage, service: Service, port: int) -> str:
    served = application.served
    first = application.frontends[0][1].name == service.name
    variable = "HTTP_PORT" if first else f"{service.variable}_PORT"
    state = "service_healthy" if served and served.healthy else "service_started"
    return fill_template(
        "compose.frontend.yaml",
        service=service.name,
        variable=service.variable,
        image=service.image,
        context=service.context,
        dockerfile=dockerfile_line(service),
        backend_url=f"BACKEND_URL: http://{served.name}:{served.port}" if served else "",
        depends="depends_on:" if served else "",
        conditions=condition_lines({served.name: state} if served else {}),
        published=f"${{{variable}:-{port}}}:{service.port}",
        **hardened_lines(service),
    )


def _published(service: Service) -> str:
    return f'  - "${{HTTP_PORT:-{service.port}}}:{service.port}"' if service.port else ""
