"""Tables that every service has: personal links, the audit log, kept answers to repeated requests."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

security_metadata = sa.MetaData()

personal_link = sa.Table(
    "personal_link",
    security_metadata,
    sa.Column("token_hash", pg.BYTEA, primary_key=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("customer_id", pg.UUID(as_uuid=True), nullable=False),
    sa.Column("target_id", pg.UUID(as_uuid=True), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("revoked_at", sa.DateTime(timezone=True)),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Index("personal_link_customer", "customer_id", "purpose"),
    sa.Index("personal_link_expiry", "expires_at"),
)

audit_log = sa.Table(
    "audit_log",
    security_metadata,
    sa.Column("id", pg.UUID(as_uuid=True), primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject_kind", sa.Text, nullable=False),
    sa.Column("subject_id", sa.Text, nullable=False),
    sa.Column("details", pg.JSONB, nullable=False, server_default=sa.text("'{}'::jsonb")),
    sa.Index("audit_log_subject", "subject_kind", "subject_id", "at"),
    sa.Index("audit_log_at", "at"),
)

idempotency_key = sa.Table(
    "idempotency_key",
    security_metadata,
    sa.Column("principal", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("fingerprint", pg.BYTEA, nullable=False),
    sa.Column("status", sa.SmallInteger),
    sa.Column("headers", pg.JSONB),
    sa.Column("body", pg.BYTEA),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Index("idempotency_key_age", "created_at"),
)
