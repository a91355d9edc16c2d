"""Create baskets."""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table(
        "baskets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_baskets"),
    )
    op.create_table(
        "basket_lines",
        sa.Column("basket_id", sa.Uuid(), nullable=False),
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("basket_id", "book_id", name="pk_basket_lines"),
        sa.ForeignKeyConstraint(
            ["basket_id"],
            ["baskets.id"],
            name="fk_basket_lines_basket_id_baskets",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["book_id"], ["books.id"], name="fk_basket_lines_book_id_books"),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_basket_lines_quantity_positive")),
    )
    op.create_index("ix_basket_lines_book_id", "basket_lines", ["book_id"])


def downgrade() -> None:
    op.drop_table("basket_lines")
    op.drop_table("baskets")
