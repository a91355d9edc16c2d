"""Which compose file it is."""

from pathlib import Path

import pytest

from cicd.errors import SettingsError
from cicd.images.stack.file import find_compose, service_line
from cicd.tree import Tree


def found(files: str, *contexts: str) -> str:
    return str(find_compose(Tree(Path("/r"), tuple(files.split())), contexts))


@pytest.mark.parametrize(
    ("files", "contexts", "expected"),
    [
        ("compose.yaml docker-compose.yml", ("backend", "frontend"), "compose.yaml"),
        ("docker-compose.yml compose.override.yaml", ("backend",), "docker-compose.yml"),
        ("compose.yml docker-compose.yml", (".",), "compose.yml"),
        ("compose.yaml shop/compose.yaml", ("shop/api", "shop/web"), "shop/compose.yaml"),
        ("compose.yaml shop/compose.yaml", ("shop/api", "tools"), "compose.yaml"),
        ("compose.yaml shop/api/Dockerfile", ("shop/api", "shop/web"), "compose.yaml"),
        ("compose.yaml", (), "compose.yaml"),
        ("docker/compose.yaml other/compose.yaml", ("api", "web"), "docker/compose.yaml"),
        ("shop/deploy/compose.yaml", ("shop/api", "shop/web"), "shop/deploy/compose.yaml"),
    ],
)
def test_it_is_the_nearest_one_above_all_images(
    files: str, contexts: tuple[str, ...], expected: str
) -> None:
    assert found(files, *contexts) == expected


@pytest.mark.parametrize(
    "files",
    [
        "",
        "compose.override.yaml",
        "other/compose.yaml",
        "docker/compose.yaml deploy/compose.yaml",
    ],
)
def test_without_one_the_reason_and_the_way_out_are_said(files: str) -> None:
    with pytest.raises(SettingsError, match="no compose file") as refused:
        found(files, "backend")
    assert "nox -s dockerfiles" in str(refused.value)


def test_a_service_is_found_by_its_line() -> None:
    text = "volumes:\n  api:\nservices:\n  db: {}\n  api:\n    build: .\n"
    assert service_line(text, "api") == 5
    assert service_line(text, "other") is None
    assert service_line("{", "api") is None
