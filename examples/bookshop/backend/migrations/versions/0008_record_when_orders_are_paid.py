"""Orders know when they were paid, which is what the sales report counts."""

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: None = None
depends_on: None = None


orders = sa.table(
    "orders",
    sa.column("status", sa.Text()),
    sa.column("placed_at", sa.DateTime(timezone=True)),
    sa.column("paid_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    op.add_column("orders", sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True))
    # Nobody wrote it down until now; the day of the order is the best there is.
    op.execute(
        orders.update()
        .values(paid_at=orders.c.placed_at)
        .where(sa.cast(orders.c.status, sa.Text()).in_(["paid", "shipped"]))
    )
    op.create_check_constraint(
        op.f("ck_orders_paid_has_a_date"),
        "orders",
        "status NOT IN ('paid', 'shipped') OR paid_at IS NOT NULL",
    )
    op.create_index("ix_orders_paid_at", "orders", ["paid_at"])


def downgrade() -> None:
    op.drop_column("orders", "paid_at")
