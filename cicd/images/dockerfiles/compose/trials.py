"""The service that runs a backend's tests, and the database that is made for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.images.dockerfiles.compose.application import (
    condition_lines,
    dockerfile_line,
    env_file_line,
)
from cicd.images.dockerfiles.compose.services import (
    data_folder,
    database_image,
    migrate_command,
)
from cicd.images.dockerfiles.compose.variables import Database, plan_variables, render_variables
from cicd.images.dockerfiles.python.server import render_command
from cicd.images.dockerfiles.template import fill_template

if TYPE_CHECKING:
    from cicd.images.dockerfiles.compose.application import Application
    from cicd.images.dockerfiles.compose.services import Service
    from cicd.images.dockerfiles.python.image import BackendImage

_TESTS = {
    "pytest": ("python", "-m", "pytest"),
    "django": ("python", "manage.py", "test"),
    "unittest": ("python", "-m", "unittest"),
}


def trial_services(application: Application, image: BackendImage, service: Service) -> list[str]:
    """The backend's own tests in its image's `test` stage, on a database that nothing keeps."""
    command = _test_command(application, image)
    if not command or not service.ours:
        return []
    stored = bool(image.part.postgres)
    database = Database(host="db-test", user="test", password="test", name="test")
    variables = plan_variables(application.tree, image.part, database)
    blocks = [
        fill_template(
            "compose.test.yaml",
            service=f"{service.name}-test" if len(application.backends) > 1 else "test",
            image=f"{service.image}-test",
            context=service.context,
            dockerfile=dockerfile_line(service),
            command=render_command(command),
            env_file=env_file_line(application, image),
            environment_head="environment:" if variables else "",
            environment=render_variables(variables, "      "),
            depends="depends_on:" if stored else "",
            conditions=condition_lines({"db-test": "service_healthy"} if stored else {}),
        )
    ]
    if stored and image is application.stored[0]:
        name = database_image(application.tree, application.stored)
        folder = data_folder(name.rpartition(":")[2].partition("-")[0])
        blocks.append(fill_template("compose.test-db.yaml", image=name, data=folder))
    return blocks


def _test_command(application: Application, image: BackendImage) -> tuple[str, ...]:
    """The tests, after the migrations: they expect the schema to be there."""
    tests = image.part.tests
    command = tests if isinstance(tests, tuple) else _TESTS.get(str(tests), ())
    migrate, folder = migrate_command(application.tree, image)
    if not command or not migrate or not image.part.postgres or image.part.migrations == "django":
        return command
    first = " ".join(migrate)
    there = f"(cd /app/{folder} && {first})" if folder else first
    return ("sh", "-c", f"{there} && exec {' '.join(command)}")
