import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

metadata = sa.MetaData()

_moment = sa.DateTime(timezone=True)

survey = sa.Table(
    "survey",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("published_version", sa.Integer),
    sa.Column("created_at", _moment, nullable=False),
    sa.Column("changed_at", _moment, nullable=False),
)

survey_version = sa.Table(
    "survey_version",
    metadata,
    sa.Column("survey_id", sa.Uuid, sa.ForeignKey("survey.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("definition", pg.JSONB, nullable=False),
    sa.Column("published_at", _moment),
)

foreign_survey = sa.Table(
    "foreign_survey",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("first_seen_at", _moment, nullable=False),
)

answer = sa.Table(
    "answer",
    metadata,
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
    sa.Column("answered_at", _moment, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("withdrawn", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index("answer_survey", "survey_id"),
)

customer = sa.Table(
    "customer",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("account_manager_id", sa.Text),
    sa.Column("team", sa.Text),
)

survey_link = sa.Table(
    "survey_link",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("survey_id", sa.Uuid, sa.ForeignKey("survey.id"), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("customer_id", sa.Uuid, nullable=False),
    sa.Column("created_at", _moment, nullable=False),
    sa.Column("expires_at", _moment, nullable=False),
    sa.Column("message_id", sa.Uuid),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("rule", sa.Text),
    sa.Column("status_at", _moment, nullable=False),
    sa.Column("progress", sa.Integer, nullable=False, server_default="0"),
    sa.Column("finished_at", _moment),
    sa.Index("survey_link_survey", "survey_id", "id"),
    sa.Index("survey_link_customer", "customer_id"),
    # One message to a customer for a version, whoever asks for it and however often.
    sa.Index(
        "survey_link_sent",
        "survey_id",
        "version",
        "customer_id",
        unique=True,
        postgresql_where=sa.text("message_id IS NOT NULL"),
    ),
    sa.Index(
        "survey_link_message",
        "message_id",
        unique=True,
        postgresql_where=sa.text("message_id IS NOT NULL"),
    ),
)

import_run = sa.Table(
    "import_run",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("survey_id", sa.Uuid, nullable=False),
    sa.Column("dry", sa.Boolean, nullable=False),
    sa.Column("started_at", _moment, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("imported", sa.Integer, nullable=False),
    sa.Column("unchanged", sa.Integer, nullable=False),
    sa.Column("empty", sa.Integer, nullable=False),
    sa.Column("failed", sa.Integer, nullable=False),
    sa.Column("answers", sa.Integer, nullable=False),
    sa.Column("finished_at", _moment),
)

import_row = sa.Table(
    "import_row",
    metadata,
    sa.Column("fingerprint", sa.LargeBinary, primary_key=True),
    sa.Column("row", sa.Integer, primary_key=True),
)

import_fault = sa.Table(
    "import_fault",
    metadata,
    sa.Column("import_id", sa.Uuid, sa.ForeignKey("import_run.id"), primary_key=True),
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column("column", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)
