"""What is written for a whole repository, and what is left."""

from pathlib import Path

import pytest

from cicd.config.parts import Backend, Frontend
from cicd.config.resolve import resolve
from cicd.images.dockerfiles.repository import plan_repository
from cicd.system.git import read_tree
from cicd.tree import Tree
from tests.conftest import ROOT
from tests.unit.images.dockerfiles.conftest import FASTAPI, STORED, VITE, Planning

BOOKSHOP = ROOT / "examples" / "bookshop"


def test_a_backend_and_a_frontend_get_all_files(plan: Planning) -> None:
    written = plan({**FASTAPI, **VITE})
    assert written.names == [
        "backend/.dockerignore",
        "backend/Dockerfile",
        "web/.dockerignore",
        "web/nginx/config.js.template",
        "web/nginx/settings.envsh",
        "web/nginx/nginx.conf.template",
        "web/Dockerfile",
        "compose.override.yaml",
        "compose.yaml",
    ]
    assert written.plan.gaps == ()


@pytest.mark.parametrize(
    "name", ["Dockerfile", "Dockerfile.dev", "api.Dockerfile", "Containerfile"]
)
def test_a_folder_that_has_a_dockerfile_of_any_name_is_left(plan: Planning, name: str) -> None:
    written = plan({**FASTAPI, f"backend/{name}": "FROM scratch\nEXPOSE 9000\n"})
    assert not [file for file in written.names if file.startswith("backend/")]
    assert f"backend/{name} is there" in written.plan.left


@pytest.mark.parametrize("name", ["compose.yaml", "docker-compose.yml", "compose.prod.yaml"])
def test_a_compose_file_of_any_name_is_left(plan: Planning, name: str) -> None:
    written = plan({**FASTAPI, name: "services: {}\n"})
    assert written.names == ["backend/.dockerignore", "backend/Dockerfile"]
    assert written.plan.left == (f"{name} is there",)


def test_a_run_that_was_interrupted_before_compose_yaml_is_completed(plan: Planning) -> None:
    written = plan({**FASTAPI, "compose.override.yaml": "services: {}\n"})
    assert written.names[-1] == "compose.yaml"
    there = {"compose.override.yaml": "services: {}\n", "compose.yaml": "services: {}\n"}
    assert plan({**FASTAPI, **there}).plan.left == ("compose.yaml is there",)


def test_a_library_needs_no_image(plan: Planning) -> None:
    text = '[project]\nname = "lib"\nversion = "1"\n[build-system]\nrequires = ["hatchling"]\n'
    written = plan({"pyproject.toml": text, "lib/__init__.py": "", "lib/core.py": "x = 1\n"})
    assert written.names == []
    assert "a library" in written.plan.left[0]


def test_an_application_that_is_not_found_is_a_gap_with_file_and_line(plan: Planning) -> None:
    files = {"requirements.txt": "requests==2.32.3\n", "run.py": "print('hello')\n"}
    written = plan(files)
    last = written["Dockerfile"].count("\n")
    assert written.plan.gaps == (f"Dockerfile:{last}: no application was found",)
    assert "# TO DO: no application was found" in written["Dockerfile"]
    assert "says how it starts" in written.command("Dockerfile")
    assert "HEALTHCHECK" not in written["Dockerfile"]


def test_a_server_that_is_no_dependency_is_a_gap_that_names_it(plan: Planning) -> None:
    text = FASTAPI["backend/pyproject.toml"].replace(', "uvicorn"', "")
    written = plan({**FASTAPI, "backend/pyproject.toml": text})
    assert "add uvicorn" in written.plan.gaps[0]


def test_a_site_that_needs_a_server_is_said_and_not_written(plan: Planning) -> None:
    package = '{"scripts": {"build": "next build"}, "dependencies": {"next": "15"}}'
    written = plan({"web/package.json": package, "web/package-lock.json": "{}"})
    assert written.names == []
    assert 'output: "export"' in written.plan.gaps[0]


def test_the_bookshop_has_what_is_written_for_it() -> None:
    """It uses the files as they come; whoever changes a template writes them again."""
    every = read_tree(BOOKSHOP)
    written = ("Dockerfile", ".dockerignore", "compose.yaml", "compose.override.yaml")
    kept = tuple(n for n in every.files if Path(n).name not in written and "/nginx/" not in n)
    tree = Tree(BOOKSHOP, kept)
    parts = (Backend("backend", postgres="15"), Frontend("frontend"))
    plan = plan_repository(tree, [resolve(tree, part).part for part in parts])
    assert len(plan.files) == 9
    for planned in plan.files:
        there = (BOOKSHOP / planned.path).read_text(encoding="utf-8")
        assert there == planned.text, f"write {planned.path} again with `nox -s dockerfiles`"


def test_files_of_parts_that_share_a_folder_lie_in_it(plan: Planning) -> None:
    moved = {f"apps/shop/{name}": text for name, text in {**FASTAPI, **VITE}.items()}
    assert plan(moved).names[-1] == "apps/shop/compose.yaml"


def test_a_backend_around_a_frontend_does_not_take_it_in(plan: Planning) -> None:
    moved = {name.removeprefix("backend/"): text for name, text in FASTAPI.items()}
    written = plan({**moved, **VITE})
    assert written[".dockerignore"].splitlines()[-1] == "web"
    assert "web" not in plan(moved)[".dockerignore"].splitlines()


def test_two_parts_in_one_folder_are_not_given_one_dockerfile(plan: Planning) -> None:
    both = {name.partition("/")[2]: text for name, text in {**FASTAPI, **VITE}.items()}
    written = plan(both)
    assert written.names.count("Dockerfile") == 1
    assert "another's" in written.plan.left[0]


def test_a_stored_backend_waits_for_its_migrations(plan: Planning) -> None:
    services = plan(STORED).yaml()["services"]
    assert services["backend"]["depends_on"] == {
        "db": {"condition": "service_healthy"},
        "migrate": {"condition": "service_completed_successfully"},
    }
    assert services["migrate"]["command"] == ["alembic", "upgrade", "head"]
