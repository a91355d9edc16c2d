"""The commands of Compose."""

from pathlib import Path

import pytest

from cicd.images.stack.compose import Compose, is_served
from cicd.model import Secret

COMPOSE = Compose(
    docker="/bin/docker", project="p1", folder=Path("/r"), env={"DOCKER_HOST": "unix:///s"}
)
HEAD = "/bin/docker compose --project-name p1"


def test_a_model_is_handed_over_as_a_secret() -> None:
    command = COMPOSE.up_command('{"services": {}}')
    words = "--project-directory /r --file - up --detach --no-build --quiet-pull"
    assert str(command) == f"{HEAD} {words}"
    assert command.stdin == Secret('{"services": {}}')


def test_no_variable_of_the_user_leads_to_another_file_or_project() -> None:
    command = COMPOSE.config_command(Path("/r/compose.yaml"))
    words = "--project-directory /r --file /r/compose.yaml config --format json"
    assert str(command) == f"{HEAD} {words}"
    assert command.env["COMPOSE_FILE"] is None
    assert command.env["DOCKER_HOST"] == "unix:///s"
    given = {"COMPOSE_PROJECT_NAME": "x", "PATH": "/bin", "COMPOSE_PROFILES": "test"}
    assert COMPOSE.environ(given) == {
        "PATH": "/bin",
        "COMPOSE_PROFILES": "test",
        "DOCKER_HOST": "unix:///s",
    }


def test_what_is_removed_is_known_by_the_name_alone() -> None:
    words = " ".join(COMPOSE.down_argv())
    assert words == f"{HEAD} down --volumes --remove-orphans --timeout 0"


@pytest.mark.parametrize(
    ("said", "served"),
    [
        ("2.26.1-4\n", True),
        ("v2.40.3", True),
        ("5.0.0", True),
        ("1.29.2", False),
        ("", False),
        ("Docker version 28.2.2, build e6534b4", False),
    ],
)
def test_compose_2_or_later_serves(said: str, served: bool) -> None:
    assert is_served(said) is served
