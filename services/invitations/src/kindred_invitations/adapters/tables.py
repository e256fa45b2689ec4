"""The tables of invitations: what it owns, and what it keeps of the other services."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

metadata = sa.MetaData()

_moment = sa.DateTime(timezone=True)
_id = pg.UUID(as_uuid=True)

event = sa.Table(
    "event",
    metadata,
    sa.Column("id", _id, primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("edition", sa.Integer, nullable=False),
    sa.Column("open", sa.Boolean, nullable=False),
    sa.Column("cancelled_by", sa.Text),
    sa.Column("source", sa.Text),
    sa.Column("external_id", sa.Text),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("themes", pg.JSONB, nullable=False),
    sa.Column("starts_at", _moment, nullable=False),
    sa.Column("ends_at", _moment, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("place_name", sa.Text),
    sa.Column("latitude", sa.Double),
    sa.Column("longitude", sa.Double),
    sa.Column("languages", pg.ARRAY(sa.Text), nullable=False),
    sa.Column("seats", sa.Integer, nullable=False),
    sa.Column("held", sa.Integer, nullable=False),
    sa.Column("companion_allowed", sa.Boolean, nullable=False),
    sa.Column("hospitality_value", sa.Double, nullable=False),
    sa.Column("minimum_age", sa.SmallInteger, nullable=False),
    sa.CheckConstraint("held BETWEEN 0 AND seats", name="event_held_within_seats"),
    sa.Index("event_start", "starts_at", "id"),
)

invitation = sa.Table(
    "invitation",
    metadata,
    sa.Column("id", _id, primary_key=True),
    sa.Column("customer_id", _id, nullable=False),
    sa.Column("event_id", _id, sa.ForeignKey("event.id"), nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("step_at", _moment, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("seats", sa.SmallInteger, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("manner", sa.Text, nullable=False),
    sa.Column("score", sa.Double),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("withdrawn_by", sa.Text),
    sa.Column("decline_reason", sa.Text),
    sa.Column("replied_at", _moment),
    sa.Column("message_id", _id),
    sa.Column("calendar_sequence", sa.Integer, nullable=False),
    sa.Column("record_id", _id),
    sa.Column("correlation_id", sa.Text),
    sa.UniqueConstraint("customer_id", "event_id", name="invitation_pair"),
    sa.CheckConstraint("seats BETWEEN 1 AND 2", name="invitation_seats"),
    sa.Index("invitation_event", "event_id", "step"),
)

invitation_step = sa.Table(
    "invitation_step",
    metadata,
    sa.Column("invitation_id", _id, sa.ForeignKey("invitation.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("at", _moment, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("seats", sa.SmallInteger, nullable=False),
    sa.Column("manner", sa.Text, nullable=False),
    sa.Column("decline_reason", sa.Text),
    sa.Column("rule", sa.Text),
)

message = sa.Table(
    "message",
    metadata,
    sa.Column("id", _id, primary_key=True),
    sa.Column("invitation_id", _id, sa.ForeignKey("invitation.id"), nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("requested_at", _moment, nullable=False),
    sa.Column("result", sa.Text),
    sa.Column("rule", sa.Text),
    sa.Column("at", _moment),
    sa.Column("allowed_from", _moment),
    sa.Index("message_invitation", "invitation_id"),
)

customer = sa.Table(
    "customer",
    metadata,
    sa.Column("id", _id, primary_key=True),
    sa.Column("account_manager_id", sa.Text),
    sa.Column("team", sa.Text),
    sa.Column("account_id", _id),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("account_value", sa.Double, nullable=False, server_default=sa.text("1")),
    sa.Column("nps", sa.SmallInteger),
    sa.Column("nps_at", _moment),
    sa.Column("open_case", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("profile", pg.JSONB),
    sa.Column("given_name", sa.Text),
    sa.Column("family_name", sa.Text),
    sa.Column("account_name", sa.Text),
    sa.Column("sort_name", sa.Text, nullable=False, server_default=""),
    sa.Column("details", pg.JSONB),
    sa.Index("customer_sorted", "sort_name", "id"),
    sa.Index("customer_manager", "account_manager_id"),
    sa.Index("customer_team", "team"),
)

customer_matches = sa.Table(
    "customer_matches",
    metadata,
    sa.Column("customer_id", _id, primary_key=True),
    sa.Column("record", pg.JSONB, nullable=False),
)

feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("invitation_id", _id, primary_key=True),
    sa.Column("customer_id", _id, nullable=False),
    sa.Column("given_at", _moment, nullable=False),
    sa.Column("rating", sa.SmallInteger, nullable=False),
    sa.Column("low", sa.Boolean, nullable=False),
    sa.Column("record", pg.JSONB, nullable=False),
    sa.Index("feedback_customer", "customer_id", "given_at"),
)

consent = sa.Table(
    "consent",
    metadata,
    sa.Column("customer_id", _id, primary_key=True),
    sa.Column("purpose", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("stated_at", _moment, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
)

live_signal = sa.Table(
    "live_signal",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("record", pg.JSONB, nullable=False),
)

settled_decision = sa.Table(
    "settled_decision",
    metadata,
    sa.Column("id", _id, primary_key=True),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("at", _moment, nullable=False),
)
