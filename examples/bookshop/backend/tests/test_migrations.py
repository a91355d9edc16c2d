"""Migrations, run for real inside a transaction that is rolled back: PostgreSQL's DDL allows it."""

import uuid
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bookshop.models import Base

INI = Path(__file__).parent.parent / "alembic.ini"
needs_postgresql = pytest.mark.sqlite_incompatible


@pytest.fixture
def alembic(connection: Connection) -> Config:
    config = Config(INI)
    config.attributes["connection"] = connection
    return config


def insert_book(connection: Connection, author: str) -> uuid.UUID:
    """As books were before authors had a table."""
    book_id = uuid.uuid4()
    connection.execute(
        text(
            "INSERT INTO books (id, isbn, title, author, price_cents, stock)"
            " VALUES (:id, :isbn, 'Emma', :author, 1, 1)"
        ),
        {"id": book_id, "isbn": book_id.hex[:13], "author": author},
    )
    return book_id


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(Config(INI)).get_heads()) == 1


@needs_postgresql
def test_models_and_migrations_agree(connection: Connection) -> None:
    assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


@needs_postgresql
def test_all_the_way_down_nothing_is_left_and_the_way_up_is_open(
    alembic: Config, connection: Connection
) -> None:
    leftovers = text(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relname NOT LIKE 'alembic_version%'"
        " UNION ALL SELECT typname FROM pg_type WHERE typname = 'order_status'"
    )
    command.downgrade(alembic, "base")
    assert connection.scalars(leftovers).all() == []
    command.upgrade(alembic, "head")
    assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


@needs_postgresql
def test_names_of_authors_move_to_their_table_without_doubles(
    alembic: Config, connection: Connection
) -> None:
    command.downgrade(alembic, "0005")
    names = {
        insert_book(connection, "Jane Austen"): "Jane Austen",
        insert_book(connection, " Jane Austen "): "Jane Austen",
        insert_book(connection, "Bram Stoker"): "Bram Stoker",
    }
    command.upgrade(alembic, "head")
    moved = connection.execute(
        text("SELECT b.id, a.name FROM books b JOIN authors a ON a.id = b.author_id")
    )
    assert {book_id: name for book_id, name in moved} == names
    assert connection.scalar(text("SELECT count(*) FROM authors")) == 2


@needs_postgresql
def test_names_of_authors_return_to_their_books_on_the_way_down(
    alembic: Config, connection: Connection
) -> None:
    command.downgrade(alembic, "0005")
    book_id = insert_book(connection, "Jane Austen")
    command.upgrade(alembic, "0006")
    command.downgrade(alembic, "0005")
    rows = connection.execute(text("SELECT id, author FROM books")).all()
    assert [tuple(row) for row in rows] == [(book_id, "Jane Austen")]


@needs_postgresql
def test_orders_that_were_paid_before_it_was_recorded_get_the_day_of_their_order(
    alembic: Config, connection: Connection
) -> None:
    command.downgrade(alembic, "0007")
    for status in ("pending", "paid", "shipped", "cancelled"):
        ids = {"basket": uuid.uuid4(), "order": uuid.uuid4()}
        connection.execute(text("INSERT INTO baskets VALUES (:basket, '2026-06-01Z')"), ids)
        connection.execute(
            text(
                "INSERT INTO orders"
                " (id, basket_id, idempotency_key, status, total_cents, placed_at)"
                f" VALUES (:order, :basket, '{status}', '{status}', 1, '2026-06-01Z')"
            ),
            ids,
        )
    command.upgrade(alembic, "head")
    dated = text("SELECT status::text, paid_at = placed_at FROM orders")
    assert {status: same for status, same in connection.execute(dated)} == {
        "pending": None,
        "paid": True,
        "shipped": True,
        "cancelled": None,
    }
