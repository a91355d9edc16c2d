"""A basket has at most one order that is not cancelled."""

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_index(
        "uq_orders_basket_id_live",
        "orders",
        ["basket_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'cancelled'"),
    )


def downgrade() -> None:
    op.drop_index("uq_orders_basket_id_live", table_name="orders")
