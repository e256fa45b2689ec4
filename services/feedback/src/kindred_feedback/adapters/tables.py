"""The tables of this service; the migrations make them."""

from sqlalchemy import Boolean, Column, DateTime, MetaData, SmallInteger, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

_moment = DateTime(timezone=True)

guest = Table(
    "guest",
    metadata,
    Column("invitation_id", Uuid, primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("event_kind", Text, nullable=False),
    Column("themes", JSONB, nullable=False),
    Column("event_ends_at", _moment, nullable=False),
    Column("attended", Boolean, nullable=False),
    Column("seen_at", _moment, nullable=False),
    Column("correlation_id", Text, nullable=False),
    Column("causation_id", Text, nullable=False),
    Column("asked_at", _moment),
    Column("message_id", Uuid),
    Column("message_status", Text),
    Column("message_rule", Text),
)

feedback = Table(
    "feedback",
    metadata,
    Column("invitation_id", Uuid, primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("rating", SmallInteger, nullable=False),
    Column("all_as_wished", Boolean, nullable=False),
    Column("expectation", Text, nullable=False),
    Column("fitted", Boolean),
    Column("tips", Text),
    Column("given_at", _moment, nullable=False),
    Column("first_given_at", _moment, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("title", Text, nullable=False),
    Column("starts_at", _moment, nullable=False),
    Column("ends_at", _moment, nullable=False),
    Column("zone", Text, nullable=False),
    Column("place_name", Text),
)

customer = Table(
    "customer",
    metadata,
    Column("customer_id", Uuid, primary_key=True),
    Column("language", Text, nullable=False),
    Column("account_manager_id", Text),
    Column("team", Text),
)
