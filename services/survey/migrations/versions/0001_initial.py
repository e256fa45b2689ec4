"""Surveys, answers, links, imports, and the tables that every service has."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from kindred_common.messaging.tables import create_messaging_tables
from kindred_common.security.migrations import create_security_tables

revision = "0001"
down_revision = None

_MOMENT = sa.DateTime(timezone=True)
_SENT = sa.text("message_id IS NOT NULL")


def upgrade() -> None:
    _create_surveys()
    _create_answers()
    _create_links()
    _create_imports()
    create_messaging_tables(op)
    create_security_tables(op)


def _create_surveys() -> None:
    op.create_table(
        "survey",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("published_version", sa.Integer),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "survey_version",
        sa.Column("survey_id", sa.Uuid, sa.ForeignKey("survey.id"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("definition", pg.JSONB, nullable=False),
        sa.Column("published_at", _MOMENT),
    )
    op.create_table(
        "foreign_survey",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("first_seen_at", _MOMENT, nullable=False),
    )


def _create_answers() -> None:
    op.create_table(
        "answer",
        sa.Column("customer_id", sa.Uuid, primary_key=True),
        sa.Column("survey_id", sa.Uuid, primary_key=True),
        sa.Column("question_id", sa.Text, primary_key=True),
        sa.Column("survey_version", sa.Integer, nullable=False),
        sa.Column("response_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("theme", sa.Text),
        sa.Column("aspect", sa.Text),
        sa.Column("number", sa.Double),
        sa.Column("scale_min", sa.Double, nullable=False),
        sa.Column("scale_max", sa.Double, nullable=False),
        sa.Column("choice", sa.Text),
        sa.Column("text", sa.Text),
        sa.Column("answered_at", _MOMENT, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_index("answer_survey", "answer", ["survey_id"])


def _create_links() -> None:
    op.create_table(
        "customer",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("account_manager_id", sa.Text),
        sa.Column("team", sa.Text),
    )
    op.create_table(
        "survey_link",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("survey_id", sa.Uuid, sa.ForeignKey("survey.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("customer_id", sa.Uuid, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("message_id", sa.Uuid),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("rule", sa.Text),
        sa.Column("status_at", _MOMENT, nullable=False),
        sa.Column("progress", sa.Integer, nullable=False, server_default="0"),
        sa.Column("finished_at", _MOMENT),
    )
    op.create_index("survey_link_survey", "survey_link", ["survey_id", "id"])
    op.create_index("survey_link_customer", "survey_link", ["customer_id"])
    sent = ["survey_id", "version", "customer_id"]
    op.create_index("survey_link_sent", "survey_link", sent, unique=True, postgresql_where=_SENT)
    op.create_index(
        "survey_link_message", "survey_link", ["message_id"], unique=True, postgresql_where=_SENT
    )


def _create_imports() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("survey_id", sa.Uuid, nullable=False),
        sa.Column("dry", sa.Boolean, nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("imported", sa.Integer, nullable=False),
        sa.Column("unchanged", sa.Integer, nullable=False),
        sa.Column("empty", sa.Integer, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("answers", sa.Integer, nullable=False),
        sa.Column("finished_at", _MOMENT),
    )
    op.create_table(
        "import_row",
        sa.Column("fingerprint", sa.LargeBinary, primary_key=True),
        sa.Column("row", sa.Integer, primary_key=True),
    )
    op.create_table(
        "import_fault",
        sa.Column("import_id", sa.Uuid, sa.ForeignKey("import_run.id"), primary_key=True),
        sa.Column("row", sa.Integer, primary_key=True),
        sa.Column("column", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
