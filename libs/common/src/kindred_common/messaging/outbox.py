"""The outbox: records are written in the transaction that makes them true, and leave through the relay."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from kindred_common.clock import Clock, Ids
from kindred_common.contracts.codec import Outgoing
from kindred_common.contracts.topics import INGEST_LIMIT_BYTES
from kindred_common.db.transactions import Transaction

LOCK_SPACE = 0x4B4E
"""First half of the advisory lock keys that messaging uses in a service's database."""

RELAY_LOCK = 1
SLEEPING_LOCK = 2
WAKE_CHANNEL = "outbox"

# The sequence row is locked until commit, so records of one key get their numbers, and their places in the outbox, in the
# order in which their transactions commit. Without it 16 concurrent writers published out of order.
_INSERT = """
WITH record AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::text[], $8::text[])
      WITH ORDINALITY AS r(record_id, topic, key, type, body, correlation_id, causation_id, traceparent, place)
), counted AS (
    SELECT topic, key, count(*) AS records FROM record GROUP BY topic, key ORDER BY topic, key
), sequence AS (
    INSERT INTO outbox_sequence AS s (topic, key, seq) SELECT topic, key, records FROM counted
    ON CONFLICT (topic, key) DO UPDATE SET seq = s.seq + excluded.seq
    RETURNING s.topic, s.key, s.seq
)
INSERT INTO outbox (record_id, topic, key, seq, type, body, correlation_id, causation_id, traceparent, created_at)
SELECT record_id, topic, key,
       seq - count(*) OVER (PARTITION BY topic, key) + row_number() OVER (PARTITION BY topic, key ORDER BY place),
       type, body, correlation_id, causation_id, traceparent, $9
  FROM record JOIN sequence USING (topic, key)
 ORDER BY place
"""

_WAKE = text(
    "SELECT CASE WHEN pg_try_advisory_xact_lock_shared(:space, :sleeping) THEN NULL ELSE pg_notify(:channel, '') END"
)


class RelayWaker:
    """Wakes the relay after a commit: directly when it runs in this process, else by NOTIFY, and only when it sleeps.

    NOTIFY takes a lock over the whole server at commit, so a busy relay is left alone.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self.local = asyncio.Event()
        self.relay_is_local = False

    async def wake(self) -> None:
        if self.relay_is_local:
            self.local.set()
            return
        async with self._engine.connect() as connection:
            automatic = await connection.execution_options(isolation_level="AUTOCOMMIT")
            parameters = {"space": LOCK_SPACE, "sleeping": SLEEPING_LOCK, "channel": WAKE_CHANNEL}
            await automatic.execute(_WAKE, parameters)


class Outbox:
    """Writes records to the outbox of one service."""

    def __init__(self, waker: RelayWaker, clock: Clock, ids: Ids) -> None:
        self._waker = waker
        self._clock = clock
        self._ids = ids

    async def publish(self, transaction: Transaction, records: Sequence[Outgoing]) -> list[UUID]:
        """Adds ``records`` to what the transaction publishes, in order; they leave when it commits.

        Returns the ids they get, for those who remember what a later act will follow from.

        Raises:
            ValueError: a record is larger than a topic takes, or is not carried by its topic.
        """
        if not records:
            return []
        ids = [record.id or self._ids() for record in records]
        bodies = [_body(record) for record in records]
        await transaction.connection.exec_driver_sql(
            _INSERT,
            (
                ids,
                [record.topic.name for record in records],
                [record.key for record in records],
                [_type(record) for record in records],
                bodies,
                [record.cause.correlation_id for record in records],
                [record.cause.causation_id for record in records],
                [record.cause.traceparent for record in records],
                self._clock.now(),
            ),
        )
        transaction.after_commit("relay", self._waker.wake)
        return ids


def _type(record: Outgoing) -> str:
    model = record.topic.records[0] if record.data is None else type(record.data)
    if model not in record.topic.records:
        raise ValueError(f"{model.record_type} is not carried by {record.topic.name}")
    return model.record_type


def _body(record: Outgoing) -> bytes | None:
    if record.data is None:
        return None
    body = record.data.to_json()
    if len(body) > INGEST_LIMIT_BYTES:
        raise ValueError(
            f"a record for {record.topic.name} is larger than {INGEST_LIMIT_BYTES} bytes"
        )
    return body
