import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from kindred_common.messaging.tables import create_messaging_tables
from kindred_common.security.migrations import create_security_tables

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_messaging_tables(op)
    create_security_tables(op)
    _create_engine()
    _create_facts()
    _create_matches()


def _create_engine() -> None:
    op.create_table(
        "engine",
        sa.Column("id", sa.SmallInteger, sa.CheckConstraint("id = 1"), primary_key=True),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("applied_at", MOMENT),
        sa.Column("ticked_at", MOMENT),
        sa.Column("rules", sa.Text),
        sa.Column("customers", sa.Integer, nullable=False, server_default="0"),
        sa.Column("events", sa.Integer, nullable=False, server_default="0"),
        sa.Column("seats", sa.Integer, nullable=False, server_default="0"),
        sa.Column("seats_fixed", sa.Integer, nullable=False, server_default="0"),
        sa.Column("seats_chosen", sa.Integer, nullable=False, server_default="0"),
        sa.Column("value", sa.Double, nullable=False, server_default="0"),
    )
    op.execute("INSERT INTO engine (id, epoch, position) VALUES (1, 0, 0)")
    op.create_table(
        "journal",
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("batch", sa.BigInteger, nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("correlation_id", sa.Text, nullable=False),
        sa.Column("causation_id", sa.Text),
        sa.Column("applied_at", MOMENT, nullable=False),
    )
    op.create_table(
        "snapshot",
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("body", pg.BYTEA, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
    )


def _create_facts() -> None:
    op.create_table(
        "customer",
        sa.Column("customer_id", sa.Uuid, primary_key=True),
        sa.Column("account_manager_id", sa.Text),
        sa.Column("team", sa.Text),
        sa.Column("facts", sa.Text, comment="NULL while only invitations told of him"),
        sa.Column("commitments", sa.Text, nullable=False),
    )
    op.create_table(
        "event",
        sa.Column("event_id", sa.Uuid, primary_key=True),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("held", sa.Integer, nullable=False),
    )


def _create_matches() -> None:
    op.create_table(
        "customer_matches",
        sa.Column("customer_id", sa.Uuid, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("digest", pg.BYTEA, nullable=False, comment="of the body without its time"),
        sa.Column("correlation_id", sa.Text, nullable=False),
        sa.Column("causation_id", sa.Text),
        sa.Column("traceparent", sa.Text),
    )
    op.create_table(
        "match",
        sa.Column("customer_id", sa.Uuid, primary_key=True),
        sa.Column("event_id", sa.Uuid, primary_key=True),
        sa.Column("seats", sa.SmallInteger, nullable=False),
        sa.Column("score", sa.Double, nullable=False),
        sa.Column("fixed", sa.Boolean, nullable=False),
    )
    op.create_index("match_guests", "match", ["event_id", sa.text("score DESC"), "customer_id"])
