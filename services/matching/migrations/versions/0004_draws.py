import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "draw",
        sa.Column("customer_id", sa.Uuid, primary_key=True),
        sa.Column("week", sa.Text, primary_key=True, comment="ISO week in UTC: 2026-W10"),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("propensity", sa.Double, nullable=False, comment="chance at which it was drawn"),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
    )
