"""Records held back instead of applied: dead letters, early records, and those behind a parked key.

Held records are rows of one table, because all three are the same thing in a different state: the bytes as they came, why
they were not applied, and what has to happen before they are tried again. They have no inbox entry, so trying them again
runs the handler.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import RowMapping, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_common.contracts.codec import RawRecord
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.positions import Partition
from kindred_common.messaging.tables import held_record

EARLY_FOR = timedelta(hours=24)
EARLY_AGAIN = timedelta(seconds=5)
"""After this time an early record is tried again unasked, and then each time its age has doubled."""

DEAD_FOR = timedelta(days=30)
EXPIRE_BATCH = 100


class Held(StrEnum):
    """Why a record is held: rejected, waiting for what it refers to, or behind a bug."""

    DEAD = "dead"
    EARLY = "early"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a record is held back: the state it gets, where and why, and what it waits for."""

    state: Held
    reason: str
    field: str | None = None
    waits_for: str | None = None


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A held record with its place in the queue (``id``)."""

    id: int
    raw: RawRecord
    why: Reason
    held_at: datetime
    expires_at: datetime


BlockedKeys = dict[tuple[str, bytes | None], Reason]
"""Keys of a topic behind which later records must queue, to keep the order of the key."""


async def hold(
    connection: AsyncConnection,
    consumer: str,
    raw: RawRecord,
    why: Reason,
    now: datetime,
    *,
    try_again: bool = False,
) -> None:
    """Keeps a record back; the same position held twice is one row.

    Early records are tried again at once, because what they wait for may have been committed while they were judged; and
    now and then after that, because it may be committed while they are tried: then its announcement was too early for them.
    """
    lasts = EARLY_FOR if why.state is Held.EARLY else DEAD_FOR
    statement = insert(held_record).values(
        consumer=consumer,
        topic=raw.topic,
        partition=raw.partition,
        offset=raw.offset,
        key=raw.key,
        value=raw.value,
        headers=[[name, content.hex()] for name, content in raw.headers],
        timestamp_ms=raw.timestamp_ms,
        state=why.state,
        waits_for=why.waits_for,
        field=why.field,
        reason=why.reason[:500],
        ready=try_again,
        try_at=now + EARLY_AGAIN if why.state is Held.EARLY else None,
        held_at=now,
        expires_at=now + lasts,
    )
    await connection.execute(statement.on_conflict_do_nothing(constraint="held_record_position"))


async def arrived(transaction: Transaction, references: Sequence[str]) -> None:
    """Tells that what early records wait for is known from this transaction on; ``references`` are ``kind:id``."""
    if references:
        await transaction.connection.execute(
            update(held_record)
            .where(held_record.c.waits_for.in_(references), held_record.c.state == Held.EARLY)
            .values(ready=True)
        )


async def blocked_keys(
    connection: AsyncConnection, consumer: str, partitions: Sequence[Partition]
) -> BlockedKeys:
    """The keys on these partitions that have early or parked records.

    Their content stays in the database: other systems decide how much there is of it.
    """
    held = held_record.c
    statement = (
        select(
            held.topic,
            held.partition,
            held.key,
            held.state,
            held.reason,
            held.field,
            held.waits_for,
        )
        .where(
            held_record.c.consumer == consumer, held_record.c.state.in_([Held.EARLY, Held.PARKED])
        )
        .order_by(held_record.c.id.desc())
    )
    rows = (await connection.execute(statement)).mappings()
    mine = set(partitions)
    return {
        (row["topic"], row["key"]): _why(row)
        for row in rows
        if (row["topic"], row["partition"]) in mine
    }


_READY = text("""
SELECT * FROM held_record AS h
 WHERE h.consumer = :consumer AND (h.ready OR h.try_at <= :now)
   AND (h.topic, h.partition) IN (SELECT * FROM unnest(CAST(:topics AS text[]), CAST(:numbers AS int[])))
   AND (h.state = 'dead' OR NOT EXISTS (
        SELECT 1 FROM held_record AS earlier
         WHERE earlier.consumer = h.consumer AND earlier.topic = h.topic AND earlier.key = h.key
           AND earlier.id < h.id AND earlier.state IN ('early', 'parked')))
 ORDER BY h.id LIMIT :limit
""")


async def ready_records(
    connection: AsyncConnection,
    consumer: str,
    partitions: Sequence[Partition],
    limit: int,
    now: datetime,
) -> list[HeldRecord]:
    """Held records that may be tried again, the first of each key, of the partitions this member has."""
    parameters = {
        "now": now,
        "consumer": consumer,
        "topics": [topic for topic, _ in partitions],
        "numbers": [number for _, number in partitions],
        "limit": limit,
    }
    return [_held(row) for row in (await connection.execute(_READY, parameters)).mappings()]


async def lock_held(connection: AsyncConnection, held_id: int, now: datetime) -> bool:
    """Locks a held record until the transaction ends; whoever announces an arrival meanwhile waits."""
    is_ready = held_record.c.ready | (held_record.c.try_at <= now)
    statement = select(held_record.c.id).where(held_record.c.id == held_id, is_ready)
    return await connection.scalar(statement.with_for_update()) is not None


async def hold_again(
    connection: AsyncConnection, record: HeldRecord, why: Reason, now: datetime
) -> None:
    """After a try that did not apply the record: it waits on, with the newest reason."""
    is_early = why.state is Held.EARLY
    values: dict[str, Any] = {
        "state": why.state,
        "waits_for": why.waits_for,
        "field": why.field,
        "reason": why.reason[:500],
        "ready": False,
        "try_at": now + max(EARLY_AGAIN, now - record.held_at) if is_early else None,
    }
    if not is_early:
        values["expires_at"] = record.held_at + DEAD_FOR
    await connection.execute(
        update(held_record).where(held_record.c.id == record.id).values(values)
    )


async def release(connection: AsyncConnection, record: HeldRecord) -> None:
    """Lets go of a record that was applied."""
    await connection.execute(delete(held_record).where(held_record.c.id == record.id))


async def expire(connection: AsyncConnection, consumer: str, now: datetime) -> list[HeldRecord]:
    """Early records that waited too long become dead letters, which are returned, some at a time; old dead letters go."""
    overdue = (held_record.c.consumer == consumer) & (held_record.c.expires_at <= now)
    await connection.execute(delete(held_record).where(overdue, held_record.c.state == Held.DEAD))
    reason = func.concat("waited a day for ", held_record.c.waits_for)
    some = select(held_record.c.id).where(overdue, held_record.c.state == Held.EARLY)
    statement = (
        update(held_record)
        .where(held_record.c.id.in_(some.order_by(held_record.c.id).limit(EXPIRE_BATCH)))
        .values(state=Held.DEAD, reason=reason, ready=False, try_at=None, expires_at=now + DEAD_FOR)
        .returning(held_record)
    )
    return [_held(row) for row in (await connection.execute(statement)).mappings()]


async def counts(connection: AsyncConnection, consumer: str) -> dict[tuple[str, Held], int]:
    """How many records are held, by topic and state."""
    statement = (
        select(held_record.c.topic, held_record.c.state, func.count())
        .where(held_record.c.consumer == consumer)
        .group_by(held_record.c.topic, held_record.c.state)
    )
    return {
        (topic, Held(state)): count for topic, state, count in await connection.execute(statement)
    }


async def parked_keys(connection: AsyncConnection, consumer: str) -> int:
    """How many keys wait behind a bug, however many records of each."""
    keys = (
        select(held_record.c.topic, held_record.c.key)
        .where(held_record.c.consumer == consumer, held_record.c.state == Held.PARKED)
        .distinct()
    )
    return int(await connection.scalar(select(func.count()).select_from(keys.subquery())) or 0)


async def find_held(connection: AsyncConnection, held_id: int) -> HeldRecord | None:
    """One held record."""
    row = (
        (await connection.execute(select(held_record).where(held_record.c.id == held_id)))
        .mappings()
        .one_or_none()
    )
    return None if row is None else _held(row)


async def list_held(
    connection: AsyncConnection, state: Held, *, after: int = 0, limit: int = 50
) -> list[HeldRecord]:
    """Held records in one state, oldest first, behind the one with id ``after``; without value and headers, which may be large."""
    content = (held_record.c.value, held_record.c.headers)
    statement = (
        select(*(column for column in held_record.c if column not in content))
        .where(held_record.c.state == state, held_record.c.id > after)
        .order_by(held_record.c.id)
        .limit(limit)
    )
    rows = (await connection.execute(statement)).mappings()
    return [_held(row, whole=False) for row in rows]


async def request_replay(connection: AsyncConnection, held_id: int) -> bool:
    """Asks the worker to try a record again, a parked one together with those behind it; False when there is none."""
    statement = text(
        "UPDATE held_record AS h SET ready = true FROM held_record AS asked WHERE asked.id = :id AND (h.id = asked.id"
        " OR (h.state = 'parked' AND asked.state = 'parked' AND h.consumer = asked.consumer AND h.topic = asked.topic"
        " AND h.key IS NOT DISTINCT FROM asked.key))"
    )
    return (await connection.execute(statement, {"id": held_id})).rowcount > 0


async def discard(connection: AsyncConnection, held_id: int) -> bool:
    """Gives a held record up for good; False when there is none."""
    result = await connection.execute(delete(held_record).where(held_record.c.id == held_id))
    return result.rowcount > 0


def _why(row: RowMapping) -> Reason:
    return Reason(Held(row["state"]), row["reason"], row["field"], row["waits_for"])


def _held(row: RowMapping, *, whole: bool = True) -> HeldRecord:
    headers = row["headers"] if whole else ()
    raw = RawRecord(
        topic=row["topic"],
        partition=row["partition"],
        offset=row["offset"],
        key=row["key"],
        value=row["value"] if whole else None,
        headers=tuple((name, bytes.fromhex(content)) for name, content in headers),
        timestamp_ms=row["timestamp_ms"],
    )
    return HeldRecord(row["id"], raw, _why(row), row["held_at"], row["expires_at"])
