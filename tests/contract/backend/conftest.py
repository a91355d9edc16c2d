"""Miniature projects, and environments that are made once for all tests of this folder."""

import io
import os
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from cicd.backend.environment import Environment, ensure_environment
from cicd.backend.interpreters import Interpreter, Interpreters
from cicd.config.parts import Backend
from cicd.system.place import Place
from cicd.system.process import LocalRunner

Write = Callable[..., Path]


def make_place(root: Path) -> Place:
    reports = root / ".cicd" / "reports"
    reports.mkdir(parents=True)
    runner = LocalRunner(root, environ=dict(os.environ), out=io.StringIO())
    return Place(
        root=root, state=root / ".cicd", cache=root / "cache", reports=reports, runner=runner
    )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    root = tmp_path / "a répository"
    root.mkdir()
    return make_place(root)


@pytest.fixture
def write(place: Place) -> Write:
    """Writes files below the repository's root: `write({"tests/test_a.py": "…"})`."""

    def write(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = place.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text), encoding="utf-8")
        return place.root

    return write


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Interpreter:
    """The interpreter that runs these tests."""
    folder = tmp_path_factory.mktemp("questions")
    return Interpreters(make_place(folder).runner, dict(os.environ), folder).find("")


@pytest.fixture(scope="session")
def suite_environment(tmp_path_factory: pytest.TempPathFactory, python: Interpreter) -> Environment:
    """pytest with coverage and workers."""
    return _environment(tmp_path_factory.mktemp("pytest"), python, "", tests="pytest", workers=2)


@pytest.fixture(scope="session")
def old_suite_environment(
    tmp_path_factory: pytest.TempPathFactory, python: Interpreter
) -> Environment:
    """pytest and its plugins as a lock file of 2022 may hold them."""
    needed = "pytest==7.4.4\npytest-cov==3.0.0\ncoverage==7.4.4\n"
    return _environment(tmp_path_factory.mktemp("old"), python, needed, tests="pytest")


@pytest.fixture(scope="session")
def suite_environment_of_2021(
    tmp_path_factory: pytest.TempPathFactory, python: Interpreter
) -> Environment:
    """pytest as a lock file of 2021 may hold it: without much that plugins use today."""
    needed = "pytest==6.2.5\npytest-cov==3.0.0\ncoverage==7.4.4\n"
    return _environment(tmp_path_factory.mktemp("pytest6"), python, needed, tests="pytest")


@pytest.fixture(scope="session")
def django_environment(
    tmp_path_factory: pytest.TempPathFactory, python: Interpreter
) -> Environment:
    """Django, Alembic and coverage."""
    needed = "django>=5.2\nalembic>=1.16\n"
    return _environment(tmp_path_factory.mktemp("django"), python, needed, tests="django")


def _environment(
    folder: Path, python: Interpreter, needed: str, *, tests: str, workers: int = 1
) -> Environment:
    place = make_place(folder)
    (folder / "requirements.txt").write_text(needed)
    part = Backend(
        ".",
        name="backend",
        install="requirements",
        requirements=("requirements.txt",),
        tests=tests,
        workers=workers,
    )
    return ensure_environment(place, part, python)
