"""What a service's first migration calls; frozen, so that old migrations keep their meaning."""

from typing import Any

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy.dialects import postgresql as pg

_REFUSE = """
CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$
"""
_GUARD = """
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only()
"""


def create_security_tables(op: Any) -> None:
    """Version 1 of the tables in :mod:`kindred_common.security.tables`; pass ``alembic.op``, which is a module."""
    _create_personal_link(op)
    _create_audit_log(op)
    _create_idempotency_key(op)


def drop_security_tables(op: Any) -> None:
    """Undoes :func:`create_security_tables`."""
    op.drop_table("idempotency_key")
    op.drop_table("audit_log")
    op.execute("DROP FUNCTION audit_log_is_append_only()")
    op.drop_table("personal_link")


def _create_personal_link(op: Operations) -> None:
    op.create_table(
        "personal_link",
        sa.Column("token_hash", pg.BYTEA, primary_key=True),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("customer_id", pg.UUID(as_uuid=True), nullable=False),
        sa.Column("target_id", pg.UUID(as_uuid=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("personal_link_customer", "personal_link", ["customer_id", "purpose"])
    op.create_index("personal_link_expiry", "personal_link", ["expires_at"])


def _create_audit_log(op: Operations) -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", pg.UUID(as_uuid=True), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject_kind", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Text, nullable=False),
        sa.Column("details", pg.JSONB, nullable=False, server_default=sa.text("'{}'::jsonb")),
    )
    op.create_index("audit_log_subject", "audit_log", ["subject_kind", "subject_id", "at"])
    op.create_index("audit_log_at", "audit_log", ["at"])
    op.execute(_REFUSE)
    op.execute(_GUARD)


def _create_idempotency_key(op: Operations) -> None:
    op.create_table(
        "idempotency_key",
        sa.Column("principal", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("fingerprint", pg.BYTEA, nullable=False),
        sa.Column("status", sa.SmallInteger),
        sa.Column("headers", pg.JSONB),
        sa.Column("body", pg.BYTEA),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("idempotency_key_age", "idempotency_key", ["created_at"])
