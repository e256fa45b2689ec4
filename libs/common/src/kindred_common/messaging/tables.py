"""The tables through which records leave and enter a service, in each service's own database."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

_moment = DateTime(timezone=True)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("record_id", Uuid, nullable=False),
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("type", Text, nullable=False),
    Column("body", LargeBinary),
    Column("correlation_id", Text, nullable=False),
    Column("causation_id", Text),
    Column("traceparent", Text),
    Column("created_at", _moment, nullable=False),
    Column("published_at", _moment),
)
Index("outbox_unpublished", outbox.c.id, postgresql_where=outbox.c.published_at.is_(None))
Index(
    "outbox_published", outbox.c.published_at, postgresql_where=outbox.c.published_at.is_not(None)
)

outbox_sequence = Table(
    "outbox_sequence",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("record_id", Text, primary_key=True),
    Column("received_at", _moment, nullable=False),
)
Index("inbox_received_at", inbox.c.received_at)

state_version = Table(
    "state_version",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
)

consumer_offset = Table(
    "consumer_offset",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("next_offset", BigInteger, nullable=False),
    Column("heard_at", _moment),
)

held_record = Table(
    "held_record",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("consumer", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("key", LargeBinary),
    Column("value", LargeBinary),
    Column("headers", JSONB, nullable=False),
    Column("timestamp_ms", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("waits_for", Text),
    Column("field", Text),
    Column("reason", Text, nullable=False),
    Column("ready", Boolean, nullable=False, server_default=text("false")),
    Column("try_at", _moment),
    Column("held_at", _moment, nullable=False),
    Column("expires_at", _moment, nullable=False),
    UniqueConstraint("consumer", "topic", "partition", "offset", name="held_record_position"),
)
Index(
    "held_record_waiting",
    held_record.c.waits_for,
    postgresql_where=held_record.c.waits_for.is_not(None),
)
Index(
    "held_record_try_at",
    held_record.c.consumer,
    held_record.c.try_at,
    postgresql_where=held_record.c.try_at.is_not(None),
)
Index(
    "held_record_ready",
    held_record.c.consumer,
    held_record.c.id,
    postgresql_where=held_record.c.ready,
)

due_job = Table(
    "due_job",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("due_at", _moment, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("last_error", Text),
    Column("done_at", _moment),
)
Index("due_job_due", due_job.c.due_at, postgresql_where=due_job.c.done_at.is_(None))


def create_messaging_tables(op: Any) -> None:
    """For a service's first migration: these tables as of version 1."""
    metadata.create_all(op.get_bind(), checkfirst=False)
