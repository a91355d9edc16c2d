"""Authors get a table of their own; the names in books move there."""

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: None = None
depends_on: None = None


# As they are while this revision runs: the application's models may change, history must not.
books = sa.table(
    "books",
    sa.column("author", sa.Text()),
    sa.column("author_id", sa.Uuid()),
)
authors = sa.table("authors", sa.column("id", sa.Uuid()), sa.column("name", sa.Text()))


def upgrade() -> None:
    op.create_table(
        "authors",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_authors"),
        sa.UniqueConstraint("name", name="uq_authors_name"),
    )
    op.add_column("books", sa.Column("author_id", sa.Uuid(), nullable=True))

    # Typed by hand for years: "Jane Austen" and " Jane Austen " are one author.
    name = sa.func.trim(books.c.author)
    names = sa.select(name.label("name")).distinct().subquery()
    op.execute(
        authors.insert().from_select(
            ["id", "name"], sa.select(sa.func.uuid_generate_v4(), names.c.name)
        )
    )
    op.execute(books.update().values(author_id=authors.c.id).where(authors.c.name == name))

    op.alter_column("books", "author_id", nullable=False)
    op.create_foreign_key("fk_books_author_id_authors", "books", "authors", ["author_id"], ["id"])
    op.create_index("ix_books_author_id", "books", ["author_id"])
    op.drop_column("books", "author")


def downgrade() -> None:
    op.add_column("books", sa.Column("author", sa.Text(), nullable=True))
    op.execute(
        books.update().values(author=authors.c.name).where(books.c.author_id == authors.c.id)
    )
    op.alter_column("books", "author", nullable=False)
    op.drop_column("books", "author_id")
    op.drop_table("authors")
