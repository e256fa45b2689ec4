from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_survey.adapters.tables import import_fault, import_row, import_run
from kindred_survey.application.ports import ImportRun
from kindred_survey.domain.import_rows import RowFault

# The same file uploaded twice at once: each row is claimed by one of the two.
_CLAIM = """
INSERT INTO import_row (fingerprint, row) SELECT $1, r FROM unnest($2::int[]) AS r ORDER BY r
ON CONFLICT DO NOTHING RETURNING row
"""

_FAULTS = """
INSERT INTO import_fault (import_id, "row", "column", reason)
SELECT $1, * FROM unnest($2::int[], $3::text[], $4::text[])
"""


class PostgresImports:
    """Uploads in Postgres."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def begin(self, run: ImportRun) -> None:
        await self._connection.execute(import_run.insert().values(**asdict(run)))

    async def claim(self, fingerprint: bytes, rows: Sequence[int]) -> frozenset[int]:
        claimed = await self._connection.exec_driver_sql(_CLAIM, (fingerprint, list(rows)))
        return frozenset(claimed.scalars())

    async def taken(self, fingerprint: bytes, rows: Sequence[int]) -> frozenset[int]:
        statement = sa.select(import_row.c.row).where(
            import_row.c.fingerprint == fingerprint, import_row.c.row.in_(rows)
        )
        return frozenset((await self._connection.execute(statement)).scalars())

    async def add_faults(self, import_id: UUID, faults: Sequence[RowFault]) -> None:
        if not faults:
            return
        columns = (
            import_id,
            [fault.row for fault in faults],
            [fault.column for fault in faults],
            [fault.reason for fault in faults],
        )
        await self._connection.exec_driver_sql(_FAULTS, columns)

    async def save(self, run: ImportRun) -> None:
        await self._connection.execute(
            sa.update(import_run).where(import_run.c.id == run.id).values(**asdict(run))
        )

    async def find(self, import_id: UUID) -> ImportRun | None:
        statement = sa.select(import_run).where(import_run.c.id == import_id)
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        return None if row is None else ImportRun(**row)

    async def faults(self, import_id: UUID, after: int, limit: int) -> Sequence[RowFault]:
        statement = (
            sa.select(import_fault)
            .where(import_fault.c.import_id == import_id, import_fault.c.row > after)
            .order_by(import_fault.c.row)
            .limit(limit)
        )
        rows = await self._connection.execute(statement)
        return [RowFault(row.row, row.column, row.reason) for row in rows]
