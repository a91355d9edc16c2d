"""The versions of tools that are used where a project brings none of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TOOLS: Mapping[str, str] = {
    "black": "black==26.10.1",
    "flake8": "flake8==7.5.0",
    "isort": "isort==9.0.2",
    "mypy": "mypy==2.4.1",
    "pylint": "pylint==4.1.4",
    # Without the extra, pyright's wheel downloads Node by itself.
    "pyright": "pyright[nodejs]==1.1.414",
    "ruff": "ruff==0.17.6",
    "ty": "ty==0.0.105",
}
"""One exact version each: the same finding on every machine until we change it here."""

POETRY = ("poetry==2.5.1", "poetry-plugin-export==1.10.1")
SETUPTOOLS = "setuptools==65.5.0"
"""What `python -m venv` of 3.10 and 3.11 brings; it has `pkg_resources` and does not warn of it."""
PDM = ("pdm==2.29.3",)

PYTEST = ("pytest", "pytest-cov")
XDIST = ("pytest-xdist",)
TESTMON = "pytest-testmon==2.2.0"
"""Installed apart from the project's environment, where `--affected` is asked for."""
COVERAGE = ("coverage[toml]",)
"""Without a limit: what the project's lock has is kept, however old it is."""

OLDEST_PYTHON = (3, 10)
"""The oldest Python that the newest of the tools above still run on."""


def tool_requirement(tool: str, minor: str, pinned: Mapping[str, str]) -> str:
    """What to install for a tool: the version that the repository pins elsewhere
    (`pinned`, from its `.pre-commit-config.yaml`), else ours, or on an old Python the
    newest that runs there."""
    requirement = TOOLS[tool]
    if tool in pinned:
        return f"{requirement.partition('==')[0]}=={pinned[tool]}"
    if tuple(map(int, minor.split("."))) < OLDEST_PYTHON:
        return requirement.replace("==", "<=")
    return requirement


_HOOKS: Mapping[str, str] = {
    "psf/black": "black",
    "psf/black-pre-commit-mirror": "black",
    "pycqa/flake8": "flake8",
    "pycqa/isort": "isort",
    "pylint-dev/pylint": "pylint",
    "pre-commit/mirrors-mypy": "mypy",
    "astral-sh/ruff-pre-commit": "ruff",
    "charliermarsh/ruff-pre-commit": "ruff",
    "robertcraigie/pyright-python": "pyright",
}
_HOOK = re.compile(
    r"^\s*-?\s*repo:\s*['\"]?https://github\.com/(?P<repo>[^\s'\"]+?)(?:\.git)?['\"]?\s*(?:#.*)?\n"
    r"(?:\s*#.*\n)*\s*rev:\s*['\"]?v?(?P<version>\d[\w.]*)",
    re.MULTILINE,
)


def parse_pre_commit(text: str) -> dict[str, str]:
    """The versions of tools that a `.pre-commit-config.yaml` pins, by tool."""
    found = {m["repo"].lower(): m["version"] for m in _HOOK.finditer(text)}
    return {_HOOKS[repo]: version for repo, version in found.items() if repo in _HOOKS}
