"""How the scripts of a repository call its tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicd.config.files import files_of
from cicd.config.invocations import Invocation, find_invocation
from cicd.config.parts import Backend
from cicd.config.resolve import resolve

if TYPE_CHECKING:
    from tests.unit.config.conftest import MakeTree

SOURCES = {"api/shop/a.py": "", "api/tests/test_a.py": "", "web/tool.py": "", "api/x.toml": ""}


def found(make_tree: MakeTree, call: str, folder: str = "api", **files: str) -> Invocation:
    named = {name.replace("__", "/").replace("_DOT_", "."): text for name, text in files.items()}
    return find_invocation(files_of(make_tree(SOURCES | named)), folder, call)


@pytest.mark.parametrize(
    ("line", "paths", "options"),
    [
        ("mypy shop", ("shop",), ()),
        ("uv run mypy --strict shop tests/", ("shop", "tests"), ("--strict",)),
        ("python -m mypy --config-file x.toml ./shop", ("shop",), ("--config-file", "x.toml")),
        ("mypy --exclude tests shop", ("shop",), ("--exclude", "tests")),
        ("cd api && $(RUN) mypy shop  # types", ("shop",), ()),
        ("@MYPYPATH=. mypy shop", ("shop",), ()),
        ("mypy .", (".",), ()),
        ("mypy shop\nmypy", (), ()),
        ("mypy shop\nmypy tests", ("shop", "tests"), ()),
        ("mypy \\\n  shop", ("shop",), ()),
        ("mypy $(SOURCES)", (), ()),
        ("mypy --version\nmypy shop || true\n# mypy tests", (), ()),
        ("pip install mypy shop", (), ()),
        ("mypy web", (), ()),
    ],
)
def test_a_script_says_what_a_tool_looks_at(
    make_tree: MakeTree, line: str, paths: tuple[str, ...], options: tuple[str, ...]
) -> None:
    invocation = found(make_tree, "mypy", api__lint_DOT_sh=f"set -e\n{line}\n")
    assert (invocation.paths, invocation.options) == (paths, options)


def test_a_command_that_only_looks_counts_before_one_that_writes(make_tree: MakeTree) -> None:
    scripts = {
        "api__format_DOT_sh": "black shop tests\n",
        "api__lint_DOT_sh": "black --check shop\n",
    }
    assert found(make_tree, "black", **scripts).paths == ("shop",)
    scripts = {"api__format_DOT_sh": "ruff check shop tests --fix\n"}
    assert found(make_tree, "ruff check", **scripts).paths == ("shop", "tests")
    assert found(make_tree, "ruff format", **scripts).origin == ""
    hook = {"_DOT_pre-commit-config_DOT_yaml": "- id: x\n  entry: uv run ruff format\n"}
    scripts = {"api__lint_DOT_sh": "ruff format --check shop\n"}
    assert found(make_tree, "ruff format", **scripts).paths == ("shop",)
    assert found(make_tree, "ruff format", **scripts, **hook).paths == ()


def test_paths_are_seen_from_the_part_wherever_the_command_stands(make_tree: MakeTree) -> None:
    hooks = "- id: types\n  name: mypy check\n  entry: uv run mypy api/shop\n"
    assert found(make_tree, "mypy", **{"_DOT_pre-commit-config_DOT_yaml": hooks}).paths == ("shop",)
    assert found(make_tree, "mypy", **{"Makefile": "types:\n\tmypy api\n"}).paths == (".",)
    workflow = "steps:\n  - name: mypy\n  - run: flake8 api/shop --max-line-length=120\n"
    invocation = found(make_tree, "flake8", **{"_DOT_github__workflows__ci_DOT_yml": workflow})
    assert invocation.paths == ("shop",)
    assert invocation.options == ("--max-line-length=120",)
    assert invocation.origin == ".github/workflows/ci.yml:3"


def test_a_check_that_cannot_fail_is_no_pattern_for_ours(make_tree: MakeTree) -> None:
    lines = "flake8 . --select=E9,F63\nflake8 shop --exit-zero --max-complexity=10\n"
    invocation = found(make_tree, "flake8", api__lint_DOT_sh=lines)
    assert invocation.paths == (".",)
    assert invocation.options == ("--select=E9,F63",)


def test_tasks_of_a_settings_file_are_commands_too(make_tree: MakeTree) -> None:
    tasks = '[tool.taskipy.tasks]\nmypy = "mypy shop"\nlint = "ruff check tests"\n'
    assert found(make_tree, "mypy", api__pyproject_DOT_toml=tasks).paths == ("shop",)
    assert found(make_tree, "ruff check", api__pyproject_DOT_toml=tasks).paths == ("tests",)


def test_doctor_shows_whose_command_it_follows(make_tree: MakeTree) -> None:
    files = {"api/mypy.ini": "[mypy]\n", "api/lint.sh": "mypy --strict shop\n"}
    notes = resolve(make_tree(SOURCES | files), Backend("api")).notes
    assert "mypy --strict shop, as api/lint.sh:1 does" in notes


def test_a_program_that_stands_for_another_counts_as_it(make_tree: MakeTree) -> None:
    tasks = '[tool.taskipy.tasks]\nflake8 = "pflake8 --extend-exclude x shop"\n'
    invocation = found(make_tree, "flake8", api__pyproject_DOT_toml=tasks)
    assert (invocation.paths, invocation.options) == (("shop",), ("--extend-exclude", "x"))
