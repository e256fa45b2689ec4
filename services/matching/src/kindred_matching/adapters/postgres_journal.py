"""The journal in Postgres: it lets through the writer of the present epoch only."""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_common.db.lease import showing_life
from kindred_common.messaging.positions import Overtaken
from kindred_matching.adapters import tables
from kindred_matching.adapters.encoding import (
    decode_input,
    decode_snapshot,
    encode_input,
    encode_snapshot,
)
from kindred_matching.application.ports import Caused
from kindred_matching.domain.inputs import Input
from kindred_matching.domain.state import Snapshot

T = TypeVar("T")

SNAPSHOTS = 2
"""How many snapshots are kept; the journal reaches back to the older one."""

# A writer that freezes within a transaction would hold this row for as long as its connection lives: the server ends it.
_LOCK = """
SELECT epoch, position, set_config('idle_in_transaction_session_timeout', $1, true) FROM engine WHERE id = 1 FOR UPDATE
"""

_APPEND = """
INSERT INTO journal (position, batch, epoch, kind, body, correlation_id, causation_id, applied_at)
SELECT $1 + row_number() OVER (ORDER BY place), $1 + 1, $2, kind, body, correlation_id, causation_id, $7
  FROM unnest($3::text[], $4::text[], $5::text[], $6::text[])
  WITH ORDINALITY AS u(kind, body, correlation_id, causation_id, place)
"""


class PostgresJournal:
    """The journal within one transaction of the writer of ``epoch``."""

    def __init__(self, connection: AsyncConnection, epoch: int | None, patience: timedelta) -> None:
        """Takes the writer's epoch, None for a process that is not the writer.

        ``patience`` is how long the transaction may stand still before the server ends it.
        """
        self._connection = connection
        self._epoch = epoch
        self._patience = patience

    async def lock(self) -> int:
        """Locks the engine's row.

        Raises:
            Overtaken: another process is the writer now.
        """
        milliseconds = str(int(self._patience.total_seconds() * 1000))
        row = (await self._connection.exec_driver_sql(_LOCK, (milliseconds,))).one()
        if self._epoch is None or row.epoch != self._epoch:
            raise Overtaken
        return int(row.position)

    async def during(self, work: Awaitable[T]) -> T:
        """The result of work that uses no store; the server hears from this process meanwhile."""
        return await showing_life(self._connection, self._patience, work)

    async def position(self) -> int:
        position = await self._connection.scalar(sa.select(tables.engine.c.position))
        return int(position or 0)

    async def snapshot_position(self) -> int | None:
        newest = sa.select(sa.func.max(tables.snapshot.c.position))
        position: int | None = await self._connection.scalar(newest)
        return position

    async def append(self, after: int, batch: Sequence[Caused], at: datetime) -> None:
        encoded = [encode_input(caused.happening) for caused in batch]
        parameters = (
            after,
            self._epoch,
            [kind for kind, _ in encoded],
            [body for _, body in encoded],
            [caused.cause.correlation_id for caused in batch],
            [caused.cause.causation_id for caused in batch],
            at,
        )
        await self._connection.exec_driver_sql(_APPEND, parameters)

    async def batches(self, after: int) -> list[list[Input]]:
        journal = tables.journal.c
        found = await self._connection.execute(
            sa.select(journal.batch, journal.kind, journal.body)
            .where(journal.position > after)
            .order_by(journal.position)
        )
        return [
            [decode_input(row.kind, row.body) for row in rows]
            for _, rows in groupby(found, key=lambda row: row.batch)
        ]

    async def latest_snapshot(self) -> tuple[int, Snapshot] | None:
        snapshot = tables.snapshot.c
        newest = sa.select(snapshot.position, snapshot.body).order_by(snapshot.position.desc())
        row = (await self._connection.execute(newest.limit(1))).one_or_none()
        return (
            None
            if row is None
            else (row.position, await asyncio.to_thread(decode_snapshot, row.body))
        )

    async def keep_snapshot(self, position: int, taken: Snapshot, at: datetime) -> None:
        body = await asyncio.to_thread(encode_snapshot, taken)
        snapshot, journal = tables.snapshot, tables.journal
        values = {"body": body, "taken_at": at}
        await self._connection.execute(
            sa.dialects.postgresql.insert(snapshot)
            .values(position=position, **values)
            .on_conflict_do_update(index_elements=["position"], set_=values)
        )
        kept = (
            sa.select(snapshot.c.position)
            .order_by(snapshot.c.position.desc())
            .limit(SNAPSHOTS)
            .subquery()
        )
        oldest = sa.select(sa.func.min(kept.c.position)).scalar_subquery()
        await self._connection.execute(sa.delete(snapshot).where(snapshot.c.position < oldest))
        await self._connection.execute(sa.delete(journal).where(journal.c.position <= oldest))
