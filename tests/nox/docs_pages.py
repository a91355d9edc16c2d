"""The pages of docs/, as what can be run in them, and the repository in which it is run."""

import re
from pathlib import Path

from tests.conftest import ROOT

DOCS = ROOT / "docs"
PAGES = (DOCS / "tutorial.md", *sorted((DOCS / "how-to").glob("*.md")))
PROJECT = """
    [project]
    name = "backend"
    version = "1.0"
    requires-python = ">=3.11"
    dependencies = ["alembic>=1.16", "psycopg[binary]>=3.2", "sqlalchemy>=2"]

    [dependency-groups]
    dev = ["black", "flake8", "pytest>=8", "pytest-cov>=6"]
    """
MODELS = """
    from sqlalchemy import Column, Integer, MetaData, Table

    metadata = MetaData()
    books = Table("books", metadata, Column("stock", Integer, primary_key=True))
    """
ENV = """
    import os

    from alembic import context
    from models import metadata
    from sqlalchemy import create_engine

    with create_engine(os.environ["DATABASE_URL"]).connect() as connection:
        context.configure(connection=connection, target_metadata=metadata)
        with context.begin_transaction():
            context.run_migrations()
    """
REVISION = """
    import sqlalchemy as sa
    from alembic import op

    revision = "4f1a"
    down_revision = None


    def upgrade() -> None:
        op.create_table("books", sa.Column("stock", sa.Integer, primary_key=True))


    def downgrade() -> None:
        op.drop_table("books")
    """
TESTS = """
    import psycopg


    def test_a_book_is_sold() -> None:
        with psycopg.connect("") as connection:
            connection.execute("INSERT INTO books VALUES (3)")
            assert connection.execute("SELECT stock FROM books").fetchall() == [(3,)]
    """
SEED = """
    import psycopg

    with psycopg.connect("") as connection:
        connection.execute("INSERT INTO books VALUES (1)")
    print("seeded")
    """
PACKAGE = """
    {
      "name": "frontend",
      "scripts": {
        "format:check": "node check.js", "lint": "node check.js",
        "typecheck": "node tsc.js", "build": "node build.js"
      },
      "devDependencies": {}
    }
    """
SAYS = 'print("{}")\n'
SHOP = {
    "compose.yaml": "services:\n  db:\n    image: postgres:15\n",
    "backend/pyproject.toml": PROJECT,
    "backend/models.py": MODELS,
    "backend/alembic.ini": "[alembic]\nscript_location = migrations\n",
    "backend/migrations/env.py": ENV,
    "backend/migrations/versions/4f1a.py": REVISION,
    "backend/tests/test_books.py": TESTS,
    "backend/scripts/no_prints.py": SAYS.format("nobody prints"),
    "backend/scripts/generate_client.py": SAYS.format("a client was generated"),
    "backend/scripts/seed.py": SEED,
    "backend/.flake8": "[flake8]\nmax-line-length = 88\n",
    "scripts/house_rules.py": SAYS.format("the rules are kept"),
    "scripts/contract.py": SAYS.format("the contract holds"),
    "frontend/package.json": PACKAGE,
    "frontend/index.js": "",
    "frontend/check.js": "",
    "frontend/tsc.js": "",
    "frontend/build.js": "require('fs').mkdirSync('dist', { recursive: true })\n",
}
"""A backend that migrates and a frontend, with the scripts that the how-to pages name."""


def noxfiles(page: Path) -> list[str]:
    """The ```python blocks of a page, each of them a whole noxfile; other code is ```py."""
    return re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S)


def blocks(page: Path, language: str) -> list[str]:
    pattern = rf"^```{language}\n(.*?)^```$"
    return re.findall(pattern, page.read_text(encoding="utf-8"), re.M | re.S)
