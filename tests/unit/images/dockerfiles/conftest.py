"""Miniature repositories, and what would be written for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cicd.config.resolve import resolve
from cicd.config.survey import survey
from cicd.images.dockerfiles.plan import Plan
from cicd.images.dockerfiles.repository import plan_repository
from cicd.tree import Tree


@dataclass(frozen=True)
class Written:
    """A plan, with its texts by name."""

    plan: Plan

    def __getitem__(self, name: str) -> str:
        return next(file.text for file in self.plan.files if file.path == name)

    def yaml(self, name: str = "compose.yaml") -> Any:
        import yaml

        return yaml.safe_load(self[name])

    @property
    def names(self) -> list[str]:
        return [file.path for file in self.plan.files]

    def command(self, name: str) -> str:
        """The last line of a Dockerfile."""
        return self[name].splitlines()[-1]


Planning = Callable[[Mapping[str, str]], Written]


def plan_tree(tree: Tree) -> Written:
    return Written(plan_repository(tree, [resolve(tree, part).part for part in survey(tree)]))


@pytest.fixture
def plan(tmp_path: Path) -> Planning:
    """Plans for a repository of these files, whose folder is called `shop`."""

    def make(contents: Mapping[str, str]) -> Written:
        root = tmp_path / "shop"
        for name, content in contents.items():
            file = root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
        return plan_tree(Tree(root, tuple(contents)))

    return make


FASTAPI = {
    "backend/pyproject.toml": '[project]\nname = "shop"\nversion = "1"\n'
    'requires-python = ">=3.12"\ndependencies = ["fastapi", "uvicorn"]\n',
    "backend/uv.lock": 'version = 1\n\n[[package]]\nname = "uvicorn"\nversion = "0.54.0"\n',
    "backend/shop/__init__.py": "",
    "backend/shop/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
}
VITE = {
    "web/package.json": '{"scripts": {"build": "vite build", "dev": "vite"},'
    ' "devDependencies": {"vite": "^6"}}',
    "web/package-lock.json": "{}",
    "web/index.html": "<!doctype html>",
}
STORED = {
    **FASTAPI,
    "backend/pyproject.toml": FASTAPI["backend/pyproject.toml"].replace(
        '"uvicorn"', '"uvicorn", "psycopg[binary]", "alembic", "sqlalchemy"'
    ),
    "backend/alembic.ini": "[alembic]\nscript_location = migrations\n",
    "backend/migrations/env.py": "",
    "backend/.env.example": "POSTGRES_HOST=localhost\nPOSTGRES_USER=shop\nPOSTGRES_PASSWORD=easy\n"
    "SECRET_KEY=changethis\nLOG_LEVEL=info\nADMIN_TOKEN=\n",
    ".github/workflows/ci.yml": "services:\n  db:\n    image: postgres:15\n",
}
