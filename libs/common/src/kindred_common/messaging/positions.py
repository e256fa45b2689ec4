"""Where a consumer stands on each partition: the database knows, in the transaction of the effect."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

Partition = tuple[str, int]
"""A topic's registry name and a partition number."""

_LOAD = text(
    "SELECT topic, partition, next_offset FROM consumer_offset"
    " WHERE consumer = :consumer AND (topic, partition) IN (SELECT * FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS int[])))"
)

_INSERT = """
INSERT INTO consumer_offset (consumer, topic, partition, next_offset)
SELECT $1, t, p, 0 FROM unnest($2::text[], $3::int[]) AS u(t, p) ON CONFLICT DO NOTHING
"""

_ADVANCE = """
UPDATE consumer_offset AS o SET next_offset = u.next_offset
  FROM unnest($2::text[], $3::int[], $4::bigint[], $5::bigint[]) AS u(topic, partition, expected, next_offset)
 WHERE o.consumer = $1 AND o.topic = u.topic AND o.partition = u.partition AND o.next_offset = u.expected
"""

_HEARD = """
UPDATE consumer_offset AS o SET heard_at = u.heard_at
  FROM unnest($2::text[], $3::int[], $4::timestamptz[]) AS u(topic, partition, heard_at)
 WHERE o.consumer = $1 AND o.topic = u.topic AND o.partition = u.partition
"""

_OLDEST = text(
    "SELECT count(*) AS partitions, min(heard_at) AS oldest FROM consumer_offset"
    " WHERE consumer = :consumer AND topic = :topic AND heard_at IS NOT NULL"
)


class Overtaken(Exception):  # noqa: N818 - not a failure: another member does the work now
    """Another member of the group has moved on from where this one stands: what it holds is void."""


async def load_positions(
    connection: AsyncConnection, consumer: str, partitions: Sequence[Partition]
) -> dict[Partition, int]:
    """The next offset to process on each partition; 0 where the consumer has never been."""
    topics = [topic for topic, _ in partitions]
    numbers = [number for _, number in partitions]
    await connection.exec_driver_sql(_INSERT, (consumer, topics, numbers))
    rows = await connection.execute(
        _LOAD, {"consumer": consumer, "topics": topics, "partitions": numbers}
    )
    return {(row.topic, row.partition): row.next_offset for row in rows}


async def advance(
    connection: AsyncConnection, consumer: str, moves: Mapping[Partition, tuple[int, int]]
) -> None:
    """Moves each partition from the offset expected to the next.

    Raises:
        Overtaken: a partition does not stand where expected; the caller must roll back and look again.
    """
    parameters = (
        consumer,
        [topic for topic, _ in moves],
        [number for _, number in moves],
        [expected for expected, _ in moves.values()],
        [following for _, following in moves.values()],
    )
    result = await connection.exec_driver_sql(_ADVANCE, parameters)
    if result.rowcount != len(moves):
        raise Overtaken


async def note_heartbeats(
    connection: AsyncConnection, consumer: str, heard: Mapping[Partition, datetime]
) -> None:
    """Remembers until when each partition is known to be current."""
    if heard:
        topics, numbers = [topic for topic, _ in heard], [number for _, number in heard]
        await connection.exec_driver_sql(_HEARD, (consumer, topics, numbers, list(heard.values())))


async def current_until(
    connection: AsyncConnection, consumer: str, topic: str, partitions: int
) -> datetime | None:
    """The moment up to which all of the topic has been read; None when a partition was never heard."""
    row = (await connection.execute(_OLDEST, {"consumer": consumer, "topic": topic})).one()
    oldest: datetime | None = row.oldest
    return oldest if row.partitions >= partitions else None
