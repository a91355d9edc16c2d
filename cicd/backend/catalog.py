"""The supported tools: to add one, write its module and name it here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.backend.checkers import (
    black,
    flake8,
    isort,
    mypy,
    pylint,
    pyright,
    ruff,
    ruff_format,
    ty,
)
from cicd.backend.installers import pdm, poetry, project, pylock, requirements, uv
from cicd.backend.migrators import alembic
from cicd.backend.migrators import django as django_migrations
from cicd.backend.testers import django as django_tests
from cicd.backend.testers import pytest, unittest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.backend.checkers.port import Checker
    from cicd.backend.installers.port import Installer
    from cicd.backend.migrators.port import Migrator
    from cicd.backend.testers.port import Tester

INSTALLERS: Mapping[str, Installer] = {
    "uv": uv,
    "poetry": poetry,
    "pdm": pdm,
    "pylock": pylock,
    "requirements": requirements,
    "project": project,
}

FORMATTERS: Mapping[str, Checker] = {"isort": isort, "black": black, "ruff": ruff_format}
LINTERS: Mapping[str, Checker] = {"flake8": flake8, "ruff": ruff, "pylint": pylint}
TYPE_CHECKERS: Mapping[str, Checker] = {"mypy": mypy, "pyright": pyright, "ty": ty}

TESTERS: Mapping[str, Tester] = {"pytest": pytest, "django": django_tests, "unittest": unittest}

MIGRATORS: Mapping[str, Migrator] = {"alembic": alembic, "django": django_migrations}
