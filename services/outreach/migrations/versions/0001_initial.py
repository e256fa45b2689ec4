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
    _create_recipient()
    _create_message()
    _create_contact_moment()
    _create_call_task()
    _create_bounces()


def _create_recipient() -> None:
    op.create_table(
        "recipient",
        sa.Column("customer_id", sa.Uuid, primary_key=True),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("given_name", sa.Text, nullable=False),
        sa.Column("family_name", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("phone", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("formal", sa.Boolean, nullable=False),
        sa.Column("legal_ground", sa.Text, nullable=False),
        sa.Column("account_name", sa.Text),
        sa.Column("account_manager_id", sa.Text),
        sa.Column("account_manager_name", sa.Text),
        sa.Column("account_manager_email", sa.Text),
        sa.Column("team", sa.Text),
    )
    op.create_table(
        "consent",
        sa.Column("customer_id", sa.Uuid, primary_key=True),
        sa.Column("purpose", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("stated_at", MOMENT, nullable=False),
    )


def _create_message() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("customer_id", sa.Uuid, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("occasion", sa.Text, nullable=False),
        sa.Column("message_class", sa.Text, nullable=False),
        sa.Column("manner", sa.Text, nullable=False),
        sa.Column("data", pg.JSONB, nullable=False),
        sa.Column("link", sa.Text),
        sa.Column("calendar", pg.JSONB),
        sa.Column("not_after", MOMENT),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("correlation_id", sa.Text, nullable=False),
        sa.Column("causation_id", sa.Text),
        sa.Column("traceparent", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("rule", sa.Text),
        sa.Column("allowed_from", MOMENT),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("attempt_id", sa.Uuid),
        sa.Column("claimed_at", MOMENT),
        sa.Column("refusals", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.UniqueConstraint("customer_id", "purpose", "occasion", name="message_identity"),
    )
    op.create_index(
        "message_due", "message", ["due_at"], postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_index(
        "message_in_hand",
        "message",
        ["claimed_at"],
        postgresql_where=sa.text("state IN ('claimed', 'handed_over')"),
    )
    op.create_index(
        "message_open",
        "message",
        ["state"],
        postgresql_where=sa.text("state NOT IN ('sent', 'skipped', 'bounced')"),
    )
    op.create_index("message_customer", "message", ["customer_id", "requested_at"])


def _create_contact_moment() -> None:
    op.create_table(
        "contact_moment",
        sa.Column("message_id", sa.Uuid, primary_key=True),
        sa.Column("customer_id", sa.Uuid, nullable=False),
        sa.Column("message_class", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("contact_moment_customer", "contact_moment", ["customer_id", "at"])


def _create_call_task() -> None:
    op.create_table(
        "call_task",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("message_id", sa.Uuid, nullable=False, unique=True),
        sa.Column("customer_id", sa.Uuid, nullable=False),
        sa.Column("manner", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT),
        sa.Column("done_by", sa.Text),
    )
    op.create_index(
        "call_task_open", "call_task", ["created_at"], postgresql_where=sa.text("done_at IS NULL")
    )


def _create_bounces() -> None:
    op.create_table(
        "suppression",
        sa.Column("address_hash", pg.BYTEA, primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_table(
        "soft_bounce",
        sa.Column("message_id", sa.Uuid, primary_key=True),
        sa.Column("address_hash", pg.BYTEA, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("soft_bounce_address", "soft_bounce", ["address_hash", "at"])
