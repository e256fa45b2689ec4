"""What is remembered of imports, in Postgres."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_profile.application.import_customers import Import, Report
from kindred_profile.domain.import_rules import Fault

_metadata = sa.MetaData()

_import = sa.Table(
    "import",
    _metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("digest", sa.LargeBinary),
    sa.Column("name", sa.Text),
    sa.Column("started_at", sa.DateTime(timezone=True)),
    sa.Column("finished_at", sa.DateTime(timezone=True)),
    sa.Column("report", JSONB),
)
_fault = sa.Table(
    "import_fault",
    _metadata,
    sa.Column("import_id", sa.Uuid, primary_key=True),
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column("field", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text),
)


class PostgresImports:
    """The imports, on one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def begin(self, started: Import, now: datetime) -> Import:
        row = insert(_import).values(
            id=started.id,
            digest=started.digest,
            name=started.name,
            started_at=now,
            report=asdict(started.report),
        )
        await self._connection.execute(row.on_conflict_do_nothing(index_elements=["digest"]))
        known = sa.select(_import).where(_import.c.digest == started.digest)
        return _read((await self._connection.execute(known)).one())

    async def forget_faults(self, import_id: UUID) -> None:
        old = sa.delete(_fault).where(_fault.c.import_id == import_id)
        await self._connection.execute(old)

    async def add_faults(self, import_id: UUID, faults: Sequence[Fault]) -> None:
        if faults:
            rows = [
                {"import_id": import_id, "row": f.row, "field": f.field, "reason": f.reason}
                for f in faults
            ]
            await self._connection.execute(insert(_fault).on_conflict_do_nothing(), rows)

    async def finish(self, import_id: UUID, report: Report, now: datetime) -> None:
        await self._connection.execute(
            sa.update(_import)
            .where(_import.c.id == import_id)
            .values(report=asdict(report), finished_at=now)
        )

    async def find(self, import_id: UUID) -> Import | None:
        statement = sa.select(_import).where(_import.c.id == import_id)
        row = (await self._connection.execute(statement)).one_or_none()
        return None if row is None else _read(row)

    async def faults(self, import_id: UUID, after_row: int, limit: int) -> Sequence[Fault]:
        statement = (
            sa.select(_fault.c.row, _fault.c.field, _fault.c.reason)
            .where(_fault.c.import_id == import_id, _fault.c.row > after_row)
            .order_by(_fault.c.row, _fault.c.field)
            .limit(limit)
        )
        return [Fault(*tuple(row)) for row in await self._connection.execute(statement)]


def _read(row: Any) -> Import:
    finished = row.finished_at is not None
    return Import(row.id, bytes(row.digest), row.name, Report(**row.report), finished)
