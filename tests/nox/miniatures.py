"""Miniature repositories, as the text of their files. As they stand, all of them are green."""

import json
import textwrap

_PROJECT = """\
    [project]
    name = "{name}"
    version = "1.0"
    requires-python = ">=3.11"
    dependencies = [{dependencies}]

    [dependency-groups]
    dev = ["pytest>=8", "pytest-cov>=6", "pytest-xdist>=3.6"]
    """
_SHOP = """\
    import os

    import psycopg


    def connect() -> psycopg.Connection:
        return psycopg.connect(os.environ["DATABASE_URL"])


    def unused() -> int:
        return 1
    """
_MIGRATE = """\
    import shop

    with shop.connect() as connection:
        connection.execute("CREATE TABLE books (title text NOT NULL)")
    """
_SHOP_TESTS = """\
    import shop


    def test_a_book_is_sold():
        with shop.connect() as connection:
            connection.execute("INSERT INTO books VALUES ('Emma')")
            assert connection.execute("SELECT title FROM books").fetchall() == [("Emma",)]


    def test_no_book_is_left_over():
        with shop.connect() as connection:
            connection.execute("DELETE FROM books")
    """
LEAVES_A_BOOK = """\
    import shop


    def test_that_leaves_a_book():
        with shop.connect() as connection:
            connection.execute("INSERT INTO books VALUES ('Emma')")
        assert not "sold"
    """
MODELS = """\
    from sqlalchemy import Column, Integer, MetaData, Table

    metadata = MetaData()
    books = Table(
        "books", metadata, Column("id", Integer, primary_key=True), Column("stock", Integer)
    )
    """
_ENV = """\
    import os

    from alembic import context
    from models import metadata
    from sqlalchemy import create_engine

    with create_engine(os.environ["DATABASE_URL"]).connect() as connection:
        context.configure(connection=connection, target_metadata=metadata)
        with context.begin_transaction():
            context.run_migrations()
    """
_REVISION = '''\
    """{title}"""

    import sqlalchemy as sa
    from alembic import op

    revision = "{name}"
    down_revision = {below}


    def upgrade() -> None:
        {up}


    def downgrade() -> None:
        {down}
    '''
_CREATE_BOOKS = (
    'op.create_table("books", sa.Column("id", sa.Integer, primary_key=True), '
    'sa.Column("stock", sa.Integer))'
)


def noxfile(*parts: str) -> str:
    return f"import cicd\n\nproject = cicd.project({', '.join(parts)})\n"


def backend(**fields: object) -> str:
    """A noxfile of one backend with these fields."""
    given = ", ".join(['"backend"', *(f"{name}={value!r}" for name, value in fields.items())])
    return noxfile(f"cicd.Backend({given})")


def shop(**fields: object) -> str:
    """The noxfile of the shop: its migrations are a command of its own, quick to run."""
    return backend(**{"postgres": "15", "migrations": ("python", "migrate.py"), **fields})


def library(**fields: object) -> str:
    """The noxfile of the shop for tests without a database."""
    return backend(**{"postgres": None, "migrations": None, **fields})


SHOP = {
    "noxfile.py": shop(),
    "backend/pyproject.toml": _PROJECT.format(name="shop", dependencies='"psycopg[binary]>=3.2"'),
    "backend/shop.py": _SHOP,
    "backend/migrate.py": _MIGRATE,
    "backend/tests/test_shop.py": _SHOP_TESTS,
}
"""psycopg 3 and pytest, formatted and linted."""

LEDGER = {
    "noxfile.py": noxfile(),
    "compose.yaml": "services:\n  db:\n    image: postgres:15\n",
    "backend/pyproject.toml": _PROJECT.format(
        name="ledger", dependencies='"alembic>=1.16", "psycopg[binary]>=3.2", "sqlalchemy>=2"'
    ),
    "backend/models.py": MODELS,
    "backend/alembic.ini": "[alembic]\nscript_location = migrations\n",
    "backend/migrations/env.py": _ENV,
    "backend/tests/test_models.py": "import models\n\n\ndef test_books():\n    models.books\n",
}
"""SQLAlchemy and Alembic; everything is discovered, PostgreSQL 15 by the compose file."""


def revision(
    name: str,
    below: str | None = None,
    *,
    title: str = "add books",
    up: str = _CREATE_BOOKS,
    down: str = 'op.drop_table("books")',
) -> dict[str, str]:
    """The file of one revision of the ledger."""
    told = f'"{below}"' if below else "None"
    text = plain(_REVISION).format(name=name, below=told, title=title, up=up, down=down)
    return {f"backend/migrations/versions/{name}.py": text}


def package(dependencies: dict[str, str] | None = None, **scripts: str) -> dict[str, str]:
    """A package for Node with these scripts."""
    about = {"name": "web", "version": "1.0.0", "private": True, "scripts": scripts}
    manifest = {**about, "devDependencies": dependencies or {}}
    return {
        "noxfile.py": noxfile('cicd.Frontend("web")'),
        "web/package.json": json.dumps(manifest, indent=2) + "\n",
    }


def plain(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")
