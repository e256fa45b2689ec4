"""The tables of matching; the migrations make them, the writer fills them with statements of its own."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

metadata = sa.MetaData()

_MOMENT = sa.DateTime(timezone=True)

engine = sa.Table(
    "engine",
    metadata,
    sa.Column("id", sa.SmallInteger, primary_key=True),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("applied_at", _MOMENT),
    sa.Column("ticked_at", _MOMENT),
    sa.Column("rules", sa.Text),
    sa.Column("customers", sa.Integer, nullable=False),
    sa.Column("events", sa.Integer, nullable=False),
    sa.Column("seats", sa.Integer, nullable=False),
    sa.Column("seats_fixed", sa.Integer, nullable=False),
    sa.Column("seats_chosen", sa.Integer, nullable=False),
    sa.Column("value", sa.Double, nullable=False),
    sa.Column("model", sa.Text),
    sa.Column("bound", sa.Double, nullable=False),
    sa.Column("gap", sa.Double, nullable=False),
    sa.Column("sweeping", sa.Boolean, nullable=False),
)

model_epoch = sa.Table(
    "model_epoch",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True),
    sa.Column("begun_at", _MOMENT),
    sa.Column("asked_by", sa.Text),
    sa.Column("shifts", sa.Text, nullable=False),
    sa.Column("tally", sa.Text),
)

epoch_request = sa.Table(
    "epoch_request",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("asked_by", sa.Text, nullable=False),
    sa.Column("asked_at", _MOMENT, nullable=False),
)

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("position", sa.BigInteger, primary_key=True),
    sa.Column("batch", sa.BigInteger, nullable=False),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("correlation_id", sa.Text, nullable=False),
    sa.Column("causation_id", sa.Text),
    sa.Column("applied_at", _MOMENT, nullable=False),
)

snapshot = sa.Table(
    "snapshot",
    metadata,
    sa.Column("position", sa.BigInteger, primary_key=True),
    sa.Column("body", pg.BYTEA, nullable=False),
    sa.Column("taken_at", _MOMENT, nullable=False),
)

customer = sa.Table(
    "customer",
    metadata,
    sa.Column("customer_id", sa.Uuid, primary_key=True),
    sa.Column("account_manager_id", sa.Text),
    sa.Column("team", sa.Text),
)

event = sa.Table(
    "event",
    metadata,
    sa.Column("event_id", sa.Uuid, primary_key=True),
)

customer_matches = sa.Table(
    "customer_matches",
    metadata,
    sa.Column("customer_id", sa.Uuid, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("digest", pg.BYTEA, nullable=False),
    sa.Column("correlation_id", sa.Text, nullable=False),
    sa.Column("causation_id", sa.Text),
    sa.Column("traceparent", sa.Text),
)

match = sa.Table(
    "match",
    metadata,
    sa.Column("customer_id", sa.Uuid, primary_key=True),
    sa.Column("event_id", sa.Uuid, primary_key=True),
    sa.Column("seats", sa.SmallInteger, nullable=False),
    sa.Column("score", sa.Double, nullable=False),
    sa.Column("fixed", sa.Boolean, nullable=False),
)

wish = sa.Table(
    "wish",
    metadata,
    sa.Column("customer_id", sa.Uuid, primary_key=True),
    sa.Column("event_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("made_at", _MOMENT, nullable=False),
    sa.Column("ended_at", _MOMENT),
    sa.Column("heard", sa.Boolean, nullable=False),
)

draw = sa.Table(
    "draw",
    metadata,
    sa.Column("customer_id", sa.Uuid, primary_key=True),
    sa.Column("week", sa.Text, primary_key=True),
    sa.Column("event_id", sa.Uuid, nullable=False),
    sa.Column("propensity", sa.Double, nullable=False),
    sa.Column("drawn_at", _MOMENT, nullable=False),
)
