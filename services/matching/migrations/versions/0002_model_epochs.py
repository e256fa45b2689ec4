import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("engine", sa.Column("model", sa.Text))
    op.add_column("customer", sa.Column("lessons", sa.Text, nullable=False, server_default="[]"))
    op.create_table(
        "model_epoch",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("begun_at", MOMENT),
        sa.Column("asked_by", sa.Text),
        sa.Column("shifts", sa.Text, nullable=False),
        sa.Column("tally", sa.Text, comment="NULL while it is in use"),
    )
    op.create_table(
        "epoch_request",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
    )
