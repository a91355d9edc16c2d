from cicd.backend import catalog
from cicd.backend.pins import TOOLS, parse_pre_commit, tool_requirement

CONFIG = """\
repos:
  - repo: https://github.com/psf/black-pre-commit-mirror
    rev: 24.10.0
    hooks:
      - id: black
  - repo: 'https://github.com/PyCQA/flake8'  # the linter
    rev: "7.1.1"
    hooks: [{id: flake8}]
  - repo: https://github.com/astral-sh/ruff-pre-commit.git
    # pinned
    rev: v0.8.0
    hooks:
      - id: ruff
  - repo: https://github.com/pre-commit/pre-commit-hooks
    rev: v5.0.0
  - repo: local
    hooks: []
"""


def test_the_versions_that_pre_commit_pins_are_read() -> None:
    assert parse_pre_commit(CONFIG) == {"black": "24.10.0", "flake8": "7.1.1", "ruff": "0.8.0"}


def test_every_tool_that_we_run_has_one_exact_version() -> None:
    tools = {*catalog.FORMATTERS, *catalog.LINTERS, *catalog.TYPE_CHECKERS}
    assert set(TOOLS) == tools
    assert all(requirement.count("==") == 1 for requirement in TOOLS.values())


def test_a_tool_is_wanted_as_the_repository_pins_it_else_as_we_do() -> None:
    assert tool_requirement("black", "3.13", {"black": "24.1.0"}) == "black==24.1.0"
    assert tool_requirement("black", "3.13", {}) == TOOLS["black"]
    assert tool_requirement("pyright", "3.13", {"pyright": "1.1.400"}) == "pyright[nodejs]==1.1.400"


def test_an_old_python_gets_the_newest_that_runs_there() -> None:
    assert tool_requirement("black", "3.8", {}) == TOOLS["black"].replace("==", "<=")
