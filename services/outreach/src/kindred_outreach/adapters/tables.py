"""Outreach's own tables, as the code reads and writes them today."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

metadata = sa.MetaData()

_moment = sa.DateTime(timezone=True)

recipient = sa.Table(
    "recipient",
    metadata,
    sa.Column("customer_id", sa.Uuid, primary_key=True),
    sa.Column("active", sa.Boolean),
    sa.Column("given_name", sa.Text),
    sa.Column("family_name", sa.Text),
    sa.Column("email", sa.Text),
    sa.Column("phone", sa.Text),
    sa.Column("language", sa.Text),
    sa.Column("formal", sa.Boolean),
    sa.Column("legal_ground", sa.Text),
    sa.Column("account_name", sa.Text),
    sa.Column("account_manager_id", sa.Text),
    sa.Column("account_manager_name", sa.Text),
    sa.Column("account_manager_email", sa.Text),
    sa.Column("team", sa.Text),
)

consent = sa.Table(
    "consent",
    metadata,
    sa.Column("customer_id", sa.Uuid, primary_key=True),
    sa.Column("purpose", sa.Text, primary_key=True),
    sa.Column("state", sa.Text),
    sa.Column("stated_at", _moment),
)

message = sa.Table(
    "message",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("customer_id", sa.Uuid),
    sa.Column("purpose", sa.Text),
    sa.Column("occasion", sa.Text),
    sa.Column("message_class", sa.Text),
    sa.Column("manner", sa.Text),
    sa.Column("data", pg.JSONB),
    sa.Column("link", sa.Text),
    sa.Column("calendar", pg.JSONB(none_as_null=True)),
    sa.Column("not_after", _moment),
    sa.Column("requested_at", _moment),
    sa.Column("correlation_id", sa.Text),
    sa.Column("causation_id", sa.Text),
    sa.Column("traceparent", sa.Text),
    sa.Column("state", sa.Text),
    sa.Column("rule", sa.Text),
    sa.Column("allowed_from", _moment),
    sa.Column("due_at", _moment),
    sa.Column("attempt_id", sa.Uuid),
    sa.Column("claimed_at", _moment),
    sa.Column("refusals", sa.Integer),
    sa.Column("changed_at", _moment),
)

contact_moment = sa.Table(
    "contact_moment",
    metadata,
    sa.Column("message_id", sa.Uuid, primary_key=True),
    sa.Column("customer_id", sa.Uuid),
    sa.Column("message_class", sa.Text),
    sa.Column("at", _moment),
)

call_task = sa.Table(
    "call_task",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("message_id", sa.Uuid),
    sa.Column("customer_id", sa.Uuid),
    sa.Column("manner", sa.Text),
    sa.Column("purpose", sa.Text),
    sa.Column("subject", sa.Text),
    sa.Column("words", sa.Text),
    sa.Column("created_at", _moment),
    sa.Column("done_at", _moment),
    sa.Column("done_by", sa.Text),
)

suppression = sa.Table(
    "suppression",
    metadata,
    sa.Column("address_hash", pg.BYTEA, primary_key=True),
    sa.Column("reason", sa.Text),
    sa.Column("at", _moment),
)

soft_bounce = sa.Table(
    "soft_bounce",
    metadata,
    sa.Column("message_id", sa.Uuid, primary_key=True),
    sa.Column("address_hash", pg.BYTEA),
    sa.Column("at", _moment),
)
