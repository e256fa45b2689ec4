import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from kindred_common.messaging.tables import create_messaging_tables
from kindred_common.security.migrations import create_security_tables

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
ID = pg.UUID(as_uuid=True)


def upgrade() -> None:
    create_messaging_tables(op)
    create_security_tables(op)
    _create_event()
    _create_invitation()
    _create_invitation_step()
    _create_message()
    _create_customer()
    _create_customer_matches()
    _create_feedback()
    _create_consent()
    _create_live_signal()
    _create_settled_decision()


def _create_event() -> None:
    op.create_table(
        "event",
        sa.Column("id", ID, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("cancelled_by", sa.Text),
        sa.Column("source", sa.Text),
        sa.Column("external_id", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("themes", pg.JSONB, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("place_name", sa.Text),
        sa.Column("latitude", sa.Double),
        sa.Column("longitude", sa.Double),
        sa.Column("languages", pg.ARRAY(sa.Text), nullable=False),
        sa.Column("seats", sa.Integer, nullable=False),
        sa.Column("held", sa.Integer, nullable=False),
        sa.Column("companion_allowed", sa.Boolean, nullable=False),
        sa.Column("hospitality_value", sa.Double, nullable=False),
        sa.CheckConstraint("held BETWEEN 0 AND seats", name="event_held_within_seats"),
    )
    op.create_index("event_start", "event", ["starts_at", "id"])


def _create_invitation() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", ID, primary_key=True),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("event_id", ID, sa.ForeignKey("event.id"), nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("step_at", MOMENT, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("seats", sa.SmallInteger, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("manner", sa.Text, nullable=False),
        sa.Column("score", sa.Double),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("withdrawn_by", sa.Text),
        sa.Column("decline_reason", sa.Text),
        sa.Column("replied_at", MOMENT),
        sa.Column("message_id", ID),
        sa.Column("calendar_sequence", sa.Integer, nullable=False),
        sa.Column("record_id", ID),
        sa.Column("correlation_id", sa.Text),
        sa.UniqueConstraint("customer_id", "event_id", name="invitation_pair"),
        sa.CheckConstraint("seats BETWEEN 1 AND 2", name="invitation_seats"),
    )
    op.create_index("invitation_event", "invitation", ["event_id", "step"])


def _create_invitation_step() -> None:
    op.create_table(
        "invitation_step",
        sa.Column("invitation_id", ID, sa.ForeignKey("invitation.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("seats", sa.SmallInteger, nullable=False),
        sa.Column("manner", sa.Text, nullable=False),
        sa.Column("decline_reason", sa.Text),
        sa.Column("rule", sa.Text),
    )


def _create_message() -> None:
    op.create_table(
        "message",
        sa.Column("id", ID, primary_key=True),
        sa.Column("invitation_id", ID, sa.ForeignKey("invitation.id"), nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("result", sa.Text),
        sa.Column("rule", sa.Text),
        sa.Column("at", MOMENT),
        sa.Column("allowed_from", MOMENT),
    )
    op.create_index("message_invitation", "message", ["invitation_id"])


def _create_customer() -> None:
    op.create_table(
        "customer",
        sa.Column("id", ID, primary_key=True),
        sa.Column("account_manager_id", sa.Text),
        sa.Column("team", sa.Text),
        sa.Column("account_id", ID),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("account_value", sa.Double, nullable=False, server_default=sa.text("1")),
        sa.Column("nps", sa.SmallInteger),
        sa.Column("nps_at", MOMENT),
        sa.Column("open_case", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("profile", pg.JSONB),
        sa.Column("given_name", sa.Text),
        sa.Column("family_name", sa.Text),
        sa.Column("account_name", sa.Text),
        sa.Column("sort_name", sa.Text, nullable=False, server_default=""),
        sa.Column("details", pg.JSONB),
    )
    op.create_index("customer_sorted", "customer", ["sort_name", "id"])
    op.create_index("customer_manager", "customer", ["account_manager_id"])
    op.create_index("customer_team", "customer", ["team"])


def _create_customer_matches() -> None:
    op.create_table(
        "customer_matches",
        sa.Column("customer_id", ID, primary_key=True),
        sa.Column("record", pg.JSONB, nullable=False),
    )


def _create_feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("invitation_id", ID, primary_key=True),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("rating", sa.SmallInteger, nullable=False),
        sa.Column("low", sa.Boolean, nullable=False),
        sa.Column("record", pg.JSONB, nullable=False),
    )
    op.create_index("feedback_customer", "feedback", ["customer_id", "given_at"])


def _create_consent() -> None:
    op.create_table(
        "consent",
        sa.Column("customer_id", ID, primary_key=True),
        sa.Column("purpose", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("stated_at", MOMENT, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
    )


def _create_live_signal() -> None:
    op.create_table(
        "live_signal",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("record", pg.JSONB, nullable=False),
    )


def _create_settled_decision() -> None:
    op.create_table(
        "settled_decision",
        sa.Column("id", ID, primary_key=True),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
