"""The outbox: records are written in the transaction that makes them true, and leave through the relay."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

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
), added AS (
    INSERT INTO outbox (record_id, topic, key, seq, type, body, correlation_id, causation_id, traceparent, created_at)
    SELECT record_id, topic, key,
           seq - count(*) OVER (PARTITION BY topic, key) + row_number() OVER (PARTITION BY topic, key ORDER BY place),
           type, body, correlation_id, causation_id, traceparent, $9
      FROM record JOIN sequence USING (topic, key)
     ORDER BY place
)
SELECT CASE WHEN $10 OR pg_try_advisory_xact_lock_shared($11::int, $12::int) THEN NULL ELSE pg_notify($13, '') END
"""
# The shared lock is held until commit, so the relay cannot fall asleep between our look at it and our commit.


class RelayWaker:
    """Wakes a relay in this process after a commit; one in another process is woken by the commit itself.

    NOTIFY takes a lock over the whole server at commit, so only a sleeping relay gets one.
    """

    def __init__(self) -> None:
        self.local = asyncio.Event()
        self.relay_is_local = False

    async def wake(self) -> None:
        self.local.set()


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
        rows = [self._row(record) for record in records]
        columns = [list(column) for column in zip(*rows, strict=True)]
        await transaction.connection.exec_driver_sql(
            _INSERT,
            (
                *columns,
                self._clock.now(),
                self._waker.relay_is_local,
                LOCK_SPACE,
                SLEEPING_LOCK,
                WAKE_CHANNEL,
            ),
        )
        transaction.after_commit("relay", self._waker.wake)
        return [row.record_id for row in rows]

    def _row(self, record: Outgoing) -> "_Row":
        return _Row(
            record.id or self._ids(),
            record.topic.name,
            record.key,
            _type(record),
            _body(record),
            record.cause.correlation_id,
            record.cause.causation_id,
            record.cause.traceparent,
        )


class _Row(NamedTuple):
    record_id: UUID
    topic: str
    key: str
    type: str
    body: bytes | None
    correlation_id: str
    causation_id: str | None
    traceparent: str | None


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
