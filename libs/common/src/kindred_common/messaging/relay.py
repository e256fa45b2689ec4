"""The relay: sends what the outbox holds to Kafka, in order for each key, again after any crash.

One relay of a service is active at a time, by advisory lock. The lock's session shows life at least each third of a lease;
one that shows none for a whole lease is ended by the server, so a frozen process loses the lock although its connection
stands. When it wakes up it may send once more what another relay has sent, in the same order and with the same ids.

It selects what is not yet published, never "id greater than the last", because ids become visible out of order. It sleeps
only when there is nothing to send.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from aiokafka.errors import KafkaError
from sqlalchemy import Row, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from kindred_common.clock import Clock
from kindred_common.contracts.envelope import Envelope, to_headers
from kindred_common.contracts.record import Cause
from kindred_common.contracts.topics import TOPICS, Topic
from kindred_common.contracts.vocabulary import Service
from kindred_common.db.faults import is_transient
from kindred_common.db.lease import end_when_silent, showing_life
from kindred_common.messaging.heartbeats import Heartbeats
from kindred_common.messaging.kafka import KafkaProducer, close_client
from kindred_common.messaging.outbox import (
    LOCK_SPACE,
    RELAY_LOCK,
    SLEEPING_LOCK,
    WAKE_CHANNEL,
    RelayWaker,
)
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.observability.health import LoopHealth
from kindred_common.observability.logging import get_logger
from kindred_common.observability.metrics import Metrics

BATCH = 500
BUSY = 20
"""As many records at once, and it is worth to be awake: until then each writer may as well notify."""

CLOSE_SECONDS = 5.0
IDLE_SECONDS = 1.0
NAP_SECONDS = 0.005
MEASURE_EVERY = timedelta(seconds=5)
KEEP_PUBLISHED = timedelta(days=1)
LEASE = timedelta(seconds=10)


_log = get_logger(__name__)
_topics = {topic.name: topic for topic in TOPICS}

# The two statements of every record go to the driver as they are.
_SELECT = """
SELECT id, record_id, topic, key, seq, type, body, correlation_id, causation_id, traceparent, created_at
  FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT $1
"""
_MARK = "UPDATE outbox SET published_at = $1 WHERE id = ANY($2)"
_SLEEPING = {"space": LOCK_SPACE, "sleeping": SLEEPING_LOCK}
_BACKLOG = text(
    "SELECT count(*) AS pending, min(created_at) AS oldest FROM outbox WHERE published_at IS NULL"
)
_PURGE = text(
    "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE published_at < :before ORDER BY id LIMIT 10000)"
)


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    topic: Topic
    key: str
    envelope: Envelope
    body: bytes | None


class Relay:
    """Publishes the outbox of one service while it holds the relay lock."""

    def __init__(  # noqa: PLR0913 - a composition of parts that bootstrap alone builds
        self,
        service: Service,
        engine: AsyncEngine,
        create_producer: Callable[[], KafkaProducer],
        settings: KafkaSettings,
        waker: RelayWaker,
        clock: Clock,
        metrics: Metrics,
        health: LoopHealth,
        lease: timedelta = LEASE,
    ) -> None:
        self._service = service
        self._engine = engine
        self._create_producer = create_producer
        self._settings = settings
        self._waker = waker
        self._clock = clock
        self._metrics = metrics
        self._health = health
        self._lease = lease
        self._heartbeats = Heartbeats(service, settings, clock.now())
        self._measure_at = clock.now()

    async def run(self, stop: asyncio.Event) -> None:
        """Relays until ``stop`` is set; a database or broker that is away is waited for."""
        while not stop.is_set():
            try:
                async with self._engine.connect() as connection:
                    await self._measure(connection)
                async with self._producer() as producer, self._lock(stop) as connection:
                    await self._relay(connection, producer, stop)
            except Exception as error:
                if not isinstance(error, KafkaError) and not is_transient(error):
                    raise
                # It goes round: to start the process anew would bring no broker back.
                self._health.tick()
                self._health.set_ready(False, "broker or database is away")
                _log.warning("relay interrupted", error=type(error).__name__)
                await _pause(stop, IDLE_SECONDS)

    @asynccontextmanager
    async def _producer(self) -> AsyncIterator[KafkaProducer]:
        producer = self._create_producer()
        try:
            await producer.start()
            yield producer
        finally:
            await close_client(producer, CLOSE_SECONDS)

    @asynccontextmanager
    async def _lock(self, stop: asyncio.Event) -> AsyncIterator[AsyncConnection]:
        async with self._engine.connect() as pooled:
            connection = await pooled.execution_options(isolation_level="AUTOCOMMIT")
            try:
                await end_when_silent(connection, self._lease)
                while not await _try_lock(connection):
                    self._health.tick()
                    self._health.set_ready(True)
                    await self._measure(connection)
                    await _pause(stop, IDLE_SECONDS)
                    if stop.is_set():
                        break
                await self._listen(connection)
                self._waker.relay_is_local = not stop.is_set()
                yield connection
            finally:
                self._waker.relay_is_local = False
                # The lock and the lease belong to the session: end it rather than return it to the pool.
                with contextlib.suppress(DBAPIError, OSError):
                    await connection.invalidate()

    async def _listen(self, connection: AsyncConnection) -> None:
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        assert driver is not None  # noqa: S101 - an open connection has a driver connection
        await driver.add_listener(WAKE_CHANNEL, lambda *_: self._waker.local.set())

    async def _relay(
        self, connection: AsyncConnection, producer: KafkaProducer, stop: asyncio.Event
    ) -> None:
        asleep = False
        while not stop.is_set():
            self._waker.local.clear()
            looked_at = self._clock.now()
            sent = await self._send_batch(connection, producer)
            self._health.tick()
            self._health.set_ready(True)
            # A full batch may have left older records behind: then there is nothing to vouch for yet.
            if sent < BATCH and self._heartbeats.due(looked_at):
                await showing_life(
                    connection, self._lease, self._heartbeats.beat(producer, looked_at)
                )
            await self._keep_house(connection)
            if asleep:
                asleep = await self._sleep_on(connection, sent, stop)
            elif not sent:
                asleep = await self._fall_asleep(connection)
                if not asleep:
                    await self._wait_for_writers(NAP_SECONDS, stop)

    async def _sleep_on(self, connection: AsyncConnection, sent: int, stop: asyncio.Event) -> bool:
        """Waits to be notified, unless there was so much to do that looking is cheaper; tells which."""
        if sent >= BUSY:
            return await self._wake_up(connection)
        await self._wait_for_writers(IDLE_SECONDS, stop)
        return True

    async def _fall_asleep(self, connection: AsyncConnection) -> bool:
        """While the lock is held, writers notify; after taking it the outbox is looked at once more.

        It cannot be had while a writer is between its insert and its commit.
        """
        statement = text("SELECT pg_try_advisory_lock(:space, :sleeping)")
        return bool(await connection.scalar(statement, _SLEEPING))

    async def _wake_up(self, connection: AsyncConnection) -> bool:
        """Gives the lock back; returns that the relay is not asleep."""
        await connection.execute(text("SELECT pg_advisory_unlock(:space, :sleeping)"), _SLEEPING)
        return False

    async def _wait_for_writers(self, seconds: float, stop: asyncio.Event) -> None:
        if stop.is_set():
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._waker.local.wait(), seconds)

    async def _send_batch(self, connection: AsyncConnection, producer: KafkaProducer) -> int:
        """Sends what waits, at most a batch; returns how many records were sent."""
        rows = [self._row(row) for row in await connection.exec_driver_sql(_SELECT, (BATCH,))]
        if not rows:
            return 0
        sending = asyncio.gather(*(self._send_chain(producer, chain) for chain in _by_key(rows)))
        outcomes = await showing_life(connection, self._lease, sending)
        # What was sent is marked first: a record that failed must not send the others twice.
        sent = await self._mark(connection, [row.id for rows, _ in outcomes for row in rows])
        _raise_first(error for _, error in outcomes)
        return sent

    async def _mark(self, connection: AsyncConnection, sent: list[int]) -> int:
        """Remembers what was sent; returns how many records that are."""
        if sent:
            await connection.exec_driver_sql(_MARK, (self._clock.now(), sent))
        return len(sent)

    async def _send_chain(
        self, producer: KafkaProducer, chain: list[_Row]
    ) -> tuple[list[_Row], KafkaError | None]:
        """Sends the records of one key one after the other, so that none overtakes a failed one."""
        sent: list[_Row] = []
        for row in chain:
            try:
                await producer.send_and_wait(
                    self._settings.name(row.topic),
                    key=row.key.encode(),
                    value=row.body,
                    headers=list(to_headers(row.envelope)),
                )
            except KafkaError as error:
                return sent, error
            self._metrics.outbox_published_total.labels(topic=row.topic.name).inc()
            sent.append(row)
        return sent, None

    def _row(self, row: Row[Any]) -> _Row:
        envelope = Envelope(
            id=str(row.record_id),
            source=f"kindred/{self._service}",
            type=row.type,
            time=row.created_at,
            subject=row.key,
            cause=Cause(row.correlation_id, row.causation_id, row.traceparent),
            sequence=row.seq,
        )
        return _Row(row.id, _topics[row.topic], row.key, envelope, row.body)

    async def _keep_house(self, connection: AsyncConnection) -> None:
        """Every few seconds: the backlog's metrics; and published rows leave after a day."""
        if await self._measure(connection):
            await connection.execute(_PURGE, {"before": self._clock.now() - KEEP_PUBLISHED})

    async def _measure(self, connection: AsyncConnection) -> bool:
        """Tells of the backlog if it is time to; returns whether it was.

        A relay that cannot reach the broker, or is not the active one, tells of it too: nobody else may.
        """
        now = self._clock.now()
        if now < self._measure_at:
            return False
        self._measure_at = now + MEASURE_EVERY
        backlog = (await connection.execute(_BACKLOG)).mappings().one()
        self._metrics.outbox_pending.set(backlog["pending"])
        self._metrics.outbox_oldest_age_seconds.set(_age(backlog["oldest"], now))
        return True


def _by_key(rows: Sequence[_Row]) -> list[list[_Row]]:
    """The records of each key, in their order."""
    ordered = sorted(rows, key=lambda row: (row.topic.name, row.key, row.id))
    return [list(chain) for _, chain in groupby(ordered, key=lambda row: (row.topic.name, row.key))]


def _raise_first(errors: Iterable[KafkaError | None]) -> None:
    for error in errors:
        if error is not None:
            raise error


def _age(oldest: datetime | None, now: datetime) -> float:
    return 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())


async def _try_lock(connection: AsyncConnection) -> bool:
    statement = text("SELECT pg_try_advisory_lock(:space, :relay)")
    taken = await connection.scalar(statement, {"space": LOCK_SPACE, "relay": RELAY_LOCK})
    return bool(taken)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
