"""Wishes for a model epoch in Postgres."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_matching.adapters import tables


class PostgresEpochRequests:
    """The wishes within one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def ask(self, asked_by: str, at: datetime) -> None:
        values = {"asked_by": asked_by, "asked_at": at}
        await self._connection.execute(sa.insert(tables.epoch_request).values(values))

    async def take(self) -> str | None:
        table = tables.epoch_request
        taken = await self._connection.execute(
            sa.delete(table).returning(table.c.id, table.c.asked_by)
        )
        wishes = sorted((row.id, row.asked_by) for row in taken)
        return wishes[0][1] if wishes else None
