import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from kindred_common.messaging.tables import create_messaging_tables
from kindred_common.security.migrations import create_security_tables

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
C_TEXT = sa.Text(collation="C")  # compared byte by byte, as the domain does


def upgrade() -> None:
    create_messaging_tables(op)
    create_security_tables(op)
    _create_account()
    _create_customer()
    _create_identity()
    _create_fact()
    _create_ticket()
    _create_watching()
    _create_import()


def _create_account() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("name", sa.Text, nullable=False, server_default=""),
        sa.Column("account_value", sa.Double, nullable=False, server_default="1"),
        sa.Column("public_sector", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("account_manager_id", sa.Text),
        sa.Column("account_manager_name", sa.Text),
        sa.Column("account_manager_email", sa.Text),
        sa.Column("team", sa.Text),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    )
    op.create_index("account_manager", "account", ["account_manager_id"])
    op.create_index("account_team", "account", ["team"])


def _create_customer() -> None:
    op.create_table(
        "customer",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id")),
        sa.Column("given_name", sa.Text, nullable=False, server_default=""),
        sa.Column("family_name", sa.Text, nullable=False, server_default=""),
        sa.Column("email", sa.Text),
        sa.Column("phone", sa.Text),
        sa.Column("language", sa.Text, nullable=False, server_default="nl"),
        sa.Column("formal", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("buying_role", sa.Text),
        sa.Column("legal_ground", sa.Text, nullable=False, server_default="none"),
        sa.Column("manner", sa.Text),
        sa.Column("home_latitude", sa.Double),
        sa.Column("home_longitude", sa.Double),
        sa.Column("max_distance_km", sa.Double),
        sa.Column("norm_max_value", sa.Double),
        sa.Column("norm_business_only", sa.Boolean),
        sa.Column("norm_stated_by", sa.Text),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("profile_version", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("profile", sa.Text),
        sa.Column("details", sa.Text),
        sa.Column("look_at", MOMENT),
    )
    op.create_index("customer_account", "customer", ["account_id"])
    op.create_index(
        "customer_look_at",
        "customer",
        ["look_at"],
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )


def _create_identity() -> None:
    for kind in ("customer", "account"):
        name = f"{kind}_identity"
        op.create_table(
            name,
            sa.Column("source", sa.Text, primary_key=True),
            sa.Column("external_id", sa.Text, primary_key=True),
            sa.Column("derived_id", sa.Uuid, nullable=False),
            sa.Column("id", sa.Uuid, sa.ForeignKey(f"{kind}.id"), nullable=False),
        )
        op.create_index(
            f"{name}_alias",
            name,
            ["derived_id"],
            unique=True,
            postgresql_where=sa.text("derived_id <> id"),
        )
        op.create_index(f"{name}_of", name, ["id"])


def _create_fact() -> None:
    op.create_table(
        "fact",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("customer_id", sa.Uuid, sa.ForeignKey("customer.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("slot", C_TEXT, nullable=False),
        sa.Column("subject", C_TEXT, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("observed_at", MOMENT, nullable=False),
        sa.Column("record_id", C_TEXT, nullable=False),
        sa.Column("correlation_id", sa.Text, nullable=False),
        sa.Column("number", sa.Double),
        sa.Column("choice", sa.Text),
        sa.Column("confidence", sa.Double, nullable=False),
        sa.Column("happened_at", MOMENT),
        sa.Column("themes", pg.JSONB),
        sa.Column("detail", pg.JSONB),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.UniqueConstraint("customer_id", "slot", "subject", "observed_at", name="fact_told"),
    )
    op.create_index("fact_time_line", "fact", ["customer_id", "observed_at", "id"])


def _create_ticket() -> None:
    op.create_table(
        "ticket",
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("external_id", sa.Text, primary_key=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("customer_id", sa.Uuid, sa.ForeignKey("customer.id")),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("happened_at", MOMENT, nullable=False),
        sa.Column("amount", sa.Double),
        sa.Column("complaint", sa.Boolean, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("observed_at", MOMENT, nullable=False),
        sa.Column("record_id", C_TEXT, nullable=False),
    )
    is_open = sa.text("open AND complaint")
    op.create_index("ticket_open_customer", "ticket", ["customer_id"], postgresql_where=is_open)
    op.create_index("ticket_open_account", "ticket", ["account_id"], postgresql_where=is_open)


def _create_watching() -> None:
    op.create_table(
        "awaited_response",
        sa.Column("invitation_id", sa.Uuid, primary_key=True),
        sa.Column("customer_id", sa.Uuid, nullable=False),
        sa.Column("until", MOMENT),
        sa.Column("state", sa.Text, nullable=False),
    )
    op.create_index(
        "awaited_response_until",
        "awaited_response",
        ["until"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "rematch_request",
        sa.Column("request", sa.Text, primary_key=True),
        sa.Column("customer_id", sa.Uuid, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("found_at", MOMENT, nullable=False),
    )
    op.create_index("rematch_request_customer", "rematch_request", ["customer_id"])


def _create_import() -> None:
    op.create_table(
        "import",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("digest", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.Column("report", pg.JSONB, nullable=False),
    )
    op.create_table(
        "import_fault",
        sa.Column("import_id", sa.Uuid, sa.ForeignKey("import.id"), primary_key=True),
        sa.Column("row", sa.Integer, primary_key=True),
        sa.Column("field", sa.Text, primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
    )
