"""Each mistake in a noxfile is told in a few lines that name the field and the fix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cicd.config.parts import Backend, Frontend
from cicd.config.validate import complete, unknown_field, validate
from cicd.errors import SettingsError

if TYPE_CHECKING:
    from cicd.config.parts import Part
    from cicd.tree import Tree
    from tests.unit.config.conftest import MakeTree


@pytest.fixture
def tree(make_tree: MakeTree) -> Tree:
    return make_tree(
        {
            "backend/pyproject.toml": '[project]\nname = "b"\n',
            "backend/b.py": "",
            "frontend/package.json": '{"scripts": {"lint": "eslint ."}}',
            "notes/a.md": "",
        }
    )


def message(tree: Tree, *parts: Part) -> str:
    with pytest.raises(SettingsError) as caught:
        validate(tree, parts)
    assert str(caught.value).count("\n") < 6
    return str(caught.value)


def test_right_parts_pass_and_get_their_names(tree: Tree) -> None:
    parts = complete(tree, (Backend("./backend/"), Frontend("frontend", name="web")))
    assert [part.name for part in parts] == ["backend", "web"]


def test_an_unknown_tool_is_told_with_the_one_that_was_meant(tree: Tree) -> None:
    assert message(tree, Backend("backend", formatter="blak")) == (
        'noxfile.py: cicd.Backend("backend", formatter="blak")\n'
        '  `formatter` cannot be "blak"\n'
        '  did you mean "black"?'
    )


def test_a_path_that_is_not_there_is_told_with_the_one_that_was_meant(tree: Tree) -> None:
    text = message(tree, Backend("backnd"))
    assert '"backnd"' in text and 'did you mean "backend"?' in text


def test_a_folder_without_a_project_is_told_with_those_that_have_one(tree: Tree) -> None:
    assert 'no package.json\n  there is one in: "frontend"' in message(tree, Frontend("notes"))
    assert "no Python project" in message(tree, Backend("notes"))


@pytest.mark.parametrize("path", ["/backend", "../backend"])
def test_a_path_outside_the_repository_is_refused(tree: Tree, path: str) -> None:
    assert "below the noxfile" in message(tree, Backend(path))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"formatter": 3}, "a string or a tuple of strings or None, not a int"),
        ({"postgres": 15}, "`postgres` must be a string or None, not a int"),
        ({"linter": ["ruff"]}, "`linter` must be"),
        ({"env": {"A": 1}}, "`env` must be a dict of strings"),
        ({"downgrade": "no"}, "`downgrade` must be True or False"),
        ({"timeout_s": "900"}, "`timeout_s` must be a number"),
        ({"install": None}, "`install` must be a string, not None"),
        ({"linter": ("ruff", "flak8")}, 'did you mean "flake8"?'),
        ({"types": "mipy"}, 'did you mean "mypy"?'),
        ({"install": "pipenv"}, "it can be: uv, poetry"),
        ({"tests": "nose"}, "it can be: pytest, django, unittest"),
        ({"migrations": "alembik"}, 'did you mean "alembic"?'),
        ({"name": "my-api"}, "`name` must be a Python identifier"),
        ({"name": "class"}, "`name` must be a Python identifier"),
        ({"name": "ci"}, 'cannot be "ci"'),
        ({"timeout_s": -1}, "above 0 seconds"),
        ({"coverage_percent": 101}, "between 0 and 100"),
        ({"min_pass_percent": -1}, "between 0 and 100"),
        ({"workers": 0}, '`workers` must be "auto" or a number'),
        ({"workers": "many"}, '`workers` must be "auto" or a number'),
        ({"shards": 0}, "`shards` must be a number from 1 on"),
        ({"shards": 1.5}, "`shards` must be a whole number"),
        ({"shards": 2, "tests": ("make", "test")}, "`tests` is a command of your own"),
        ({"env": {"DB_HOST": "{hots}"}}, "did you mean {host}?"),
        ({"pythons": "python3"}, 'like "3.13"'),
        ({"pythons": ("3.12", "4")}, '"4" is no Python version'),
        ({"postgres": "latest"}, '`postgres` cannot be "latest"'),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused(
    tree: Tree, fields: dict[str, Any], words: str
) -> None:
    assert words in message(tree, Backend("backend", **fields))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"package_manager": "pnmp"}, 'did you mean "pnpm"?'),
        ({"lint": ()}, "empty command"),
        ({"node": "twenty"}, "no Node version"),
        ({"test": 1}, "`test` must be"),
        ({"shards": 0}, "`shards` must be a number from 1 on"),
    ],
)
def test_a_value_of_a_frontend_is_refused_likewise(
    tree: Tree, fields: dict[str, Any], words: str
) -> None:
    assert words in message(tree, Frontend("frontend", **fields))


def test_commands_and_absence_are_values(tree: Tree) -> None:
    backend = Backend("backend", migrations=("./migrate",), tests=("./t",), types=None)
    validate(tree, (backend, Frontend("frontend", lint=("eslint", "."), build=None, node="lts/*")))


def test_two_parts_of_one_name_are_refused(tree: Tree) -> None:
    text = message(tree, Backend("backend", name="app"), Frontend("frontend", name="app"))
    assert 'cicd.Backend("backend") and cicd.Frontend("frontend")' in text
    assert 'both have the name "app"' in text


def test_an_unknown_field_is_told_with_the_one_that_was_meant() -> None:
    error = unknown_field("Backend", "backend", "postgress", ("postgres", "env"))
    assert str(error) == (
        'noxfile.py: cicd.Backend("backend", postgress=…)\n'
        "  `postgress` is not a field of Backend\n"
        "  did you mean `postgres`?"
    )
