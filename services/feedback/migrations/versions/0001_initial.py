"""Guests to ask, what they said, and what is known of events and customers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from kindred_common.messaging.tables import create_messaging_tables
from kindred_common.security.migrations import create_security_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_messaging_tables(op)
    create_security_tables(op)
    op.create_table(
        "guest",
        sa.Column("invitation_id", sa.Uuid, primary_key=True),
        sa.Column("customer_id", sa.Uuid, nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("event_kind", sa.Text, nullable=False),
        sa.Column("themes", JSONB, nullable=False),
        sa.Column("event_ends_at", MOMENT, nullable=False),
        sa.Column("attended", sa.Boolean, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("correlation_id", sa.Text, nullable=False),
        sa.Column("causation_id", sa.Text, nullable=False),
        sa.Column("asked_at", MOMENT),
        sa.Column("message_id", sa.Uuid, unique=True),
        sa.Column("message_status", sa.Text),
        sa.Column("message_rule", sa.Text),
    )
    op.create_index("guest_event", "guest", ["event_id"])
    op.create_index("guest_customer", "guest", ["customer_id"])
    op.create_table(
        "feedback",
        sa.Column("invitation_id", sa.Uuid, sa.ForeignKey("guest.invitation_id"), primary_key=True),
        sa.Column("customer_id", sa.Uuid, nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("rating", sa.SmallInteger, nullable=False),
        sa.Column("all_as_wished", sa.Boolean, nullable=False),
        sa.Column("expectation", sa.Text, nullable=False),
        sa.Column("fitted", sa.Boolean),
        sa.Column("tips", sa.Text),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("first_given_at", MOMENT, nullable=False),
    )
    op.create_index("feedback_event", "feedback", ["event_id"])
    op.create_index("feedback_customer", "feedback", ["customer_id"])
    op.create_table(
        "event",
        sa.Column("event_id", sa.Uuid, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("place_name", sa.Text),
    )
    op.create_table(
        "customer",
        sa.Column("customer_id", sa.Uuid, primary_key=True),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("account_manager_id", sa.Text),
        sa.Column("team", sa.Text),
    )


def downgrade() -> None:
    for table in ("customer", "event", "feedback", "guest"):
        op.drop_table(table)
