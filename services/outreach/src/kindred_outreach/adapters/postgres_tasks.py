"""Messages that a person brings, in Postgres."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kindred_common.db.transactions import Transaction
from kindred_outreach.adapters.tables import call_task
from kindred_outreach.domain.tasks import CallTask


class PostgresTasks:
    """The tasks of one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self._connection = transaction.connection

    async def add(self, task: CallTask) -> None:
        await self._connection.execute(
            insert(call_task).values(asdict(task)).on_conflict_do_nothing()
        )

    async def lock(self, task_id: UUID) -> CallTask | None:
        statement = sa.select(call_task).where(call_task.c.id == task_id).with_for_update()
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        return None if row is None else CallTask(**row)

    async def drop(self, message_id: UUID) -> None:
        await self._connection.execute(
            sa.delete(call_task).where(call_task.c.message_id == message_id)
        )

    async def finish(self, task_id: UUID, by: str, now: datetime) -> None:
        await self._connection.execute(
            sa.update(call_task).where(call_task.c.id == task_id).values(done_at=now, done_by=by)
        )
