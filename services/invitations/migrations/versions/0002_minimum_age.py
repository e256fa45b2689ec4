import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column(
        "event", sa.Column("minimum_age", sa.SmallInteger, nullable=False, server_default="0")
    )
