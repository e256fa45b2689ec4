import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("engine", sa.Column("bound", sa.Double, nullable=False, server_default="0"))
    op.add_column("engine", sa.Column("gap", sa.Double, nullable=False, server_default="0"))
    op.add_column(
        "engine", sa.Column("sweeping", sa.Boolean, nullable=False, server_default="false")
    )
    op.execute("DELETE FROM customer WHERE facts IS NULL")
    for table, column in (
        ("customer", "facts"),
        ("customer", "commitments"),
        ("customer", "lessons"),
        ("event", "facts"),
        ("event", "held"),
    ):
        op.drop_column(table, column)
    op.create_table(
        "wish",
        sa.Column("customer_id", sa.Uuid, primary_key=True),
        sa.Column("event_id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, comment="NULL while it stands"),
        sa.Column("heard", sa.Boolean, nullable=False, comment="the writer knows of it"),
    )
    op.create_index("wish_unheard", "wish", ["made_at"], postgresql_where=sa.text("NOT heard"))
    op.create_index("wish_event", "wish", ["event_id"])
    _begin_anew()


def _begin_anew() -> None:
    """Snapshots of before hold no market: the topics tell everything again."""
    for table in (
        "snapshot",
        "journal",
        "inbox",
        "state_version",
        "consumer_offset",
        "held_record",
    ):
        op.execute(f"DELETE FROM {table}")  # noqa: S608 - names of ours
    op.execute("UPDATE engine SET position = 0")
