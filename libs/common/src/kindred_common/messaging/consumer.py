"""The loop between Kafka and a service's intake.

Offsets live in the service's database and are sought on assignment, so a restored database replays by itself. aiokafka hands
out records before its assignment callback has ended, so a partition counts as ours only once this loop has sought it.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord

from kindred_common.clock import Clock
from kindred_common.contracts.codec import TOO_MANY_HEADERS, UNREADABLE, RawRecord
from kindred_common.contracts.envelope import Headers
from kindred_common.db.faults import is_transient
from kindred_common.messaging.backlog import Backlog
from kindred_common.messaging.intake import Intake, Positions
from kindred_common.messaging.kafka import KafkaConsumer, close_client
from kindred_common.messaging.positions import Overtaken, Partition
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.observability.health import LoopHealth
from kindred_common.observability.logging import get_logger
from kindred_common.observability.metrics import Metrics

BATCH = 500
MOST_HEADERS = 1000
HEADER_BYTES = 256 * 1024
POLL_MS = 250
RETRY_EVERY = timedelta(seconds=1)
HOUSE_EVERY = timedelta(seconds=5)
STALLED_AFTER = timedelta(seconds=40)
BACKOFF_SECONDS = 1.0
CLOSE_SECONDS = 10.0
WITHOUT_PARTITIONS = "waits for partitions"

_log = get_logger(__name__)


class Stalled(Exception):  # noqa: N818 - names what was seen
    """Records wait on the broker but the client hands none out: it is replaced."""


class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka publishes no types
    """Feeds one service's intake for as long as it runs."""

    def __init__(
        self,
        intake: Intake,
        create_consumer: Callable[[], KafkaConsumer],
        settings: KafkaSettings,
        clock: Clock,
        metrics: Metrics,
        health: LoopHealth,
    ) -> None:
        self._intake = intake
        self._create_consumer = create_consumer
        self._settings = settings
        self._clock = clock
        self._backlog = Backlog(clock, metrics)
        self._health = health
        self._names = {settings.name(topic): topic.name for topic in intake.topics}
        self._positions: Positions = {}
        # Held for each batch and while partitions are taken away, so that no batch ends in another's generation.
        self._busy = asyncio.Lock()
        self._joined = False
        self._house_at = clock.now()
        self._retry_at = clock.now()
        self._progress_at = clock.now()

    async def run(self, stop: asyncio.Event) -> None:
        """Consumes until ``stop`` is set; a broker or database that is away is waited for, nothing is skipped."""
        while not stop.is_set():
            client = self._create_consumer()
            try:
                await client.start()
                client.subscribe(topics=sorted(self._names), listener=self)
                await self._consume(client, stop)
            except (KafkaError, Stalled, Overtaken) as error:
                await self._back_off(stop, error)
            except Exception as error:
                if not is_transient(error):
                    raise
                await self._back_off(stop, error)
            finally:
                await close_client(client, CLOSE_SECONDS)
                self._give_up()

    async def on_partitions_revoked(self, _revoked: Sequence[TopicPartition]) -> None:
        async with self._busy:
            self._give_up()
            # Now, because the client hands out nothing, not even that there is nothing, before it has partitions again.
            self._health.set_ready(False, WITHOUT_PARTITIONS)

    async def on_partitions_assigned(self, _assigned: Sequence[TopicPartition]) -> None:
        self._joined = True

    def _give_up(self) -> None:
        self._joined = False
        self._positions.clear()
        self._backlog.given_up()

    async def _back_off(self, stop: asyncio.Event, error: Exception) -> None:
        # It goes round: to start the process anew would bring no broker back.
        self._health.tick()
        self._health.set_ready(False, "broker or database is away")
        _log.warning("consumer interrupted", error=type(error).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), BACKOFF_SECONDS)

    async def _consume(self, client: KafkaConsumer, stop: asyncio.Event) -> None:
        self._progress_at = self._clock.now()
        while not stop.is_set():
            fetched = await client.getmany(timeout_ms=POLL_MS, max_records=BATCH)
            async with self._busy:
                placed = await self._place(client)
                records = self._ours(fetched, placed)
                if records:
                    self._backlog.taken_up(records)
                    self._positions = await self._intake.take(records, self._positions)
                    self._progress_at = self._clock.now()
                await self._retry_held()
            self._health.tick()
            self._health.set_ready(self._joined, WITHOUT_PARTITIONS)
            await self._keep_house(client)

    async def _retry_held(self) -> None:
        """At once while keys are blocked here, else each second: a replay may have been asked for."""
        now = self._clock.now()
        if not self._intake.blocked and now < self._retry_at:
            return
        self._retry_at = now + RETRY_EVERY
        while await self._intake.retry_held(list(self._positions)):
            self._health.tick()

    async def _place(self, client: KafkaConsumer) -> set[Partition]:
        """Seeks the partitions that are new to us; returns those that were ours already when the batch was fetched."""
        assigned = {(self._names[tp.topic], tp.partition): tp for tp in client.assignment()}
        placed = {partition for partition in assigned if partition in self._positions}
        if len(placed) < len(assigned):
            self._positions = await self._intake.stand(list(assigned))
            for partition, offset in self._positions.items():
                client.seek(assigned[partition], offset)
            placed = set()
        return placed

    def _ours(
        self, fetched: Mapping[TopicPartition, Sequence[ConsumerRecord]], placed: set[Partition]
    ) -> list[RawRecord]:
        return [
            _raw(self._names[tp.topic], record)
            for tp, records in fetched.items()
            if (partition := (self._names[tp.topic], tp.partition)) in placed
            for record in records
            if record.offset >= self._positions[partition]
        ]

    async def _keep_house(self, client: KafkaConsumer) -> None:
        now = self._clock.now()
        if now < self._house_at:
            return
        self._house_at = now + HOUSE_EVERY
        await self._intake.keep_house()
        partitions = {
            TopicPartition(self._settings.prefix + t, p): (t, p) for t, p in self._positions
        }
        if not partitions:
            return
        lag = await self._lag(client, partitions)
        self._backlog.counted(lag)
        if not any(lag.values()):
            self._progress_at = now
        elif now - self._progress_at > STALLED_AFTER:
            raise Stalled
        await self._report(client, partitions)

    async def _lag(
        self, client: KafkaConsumer, partitions: Mapping[TopicPartition, Partition]
    ) -> dict[Partition, int]:
        """How many records wait, on those that no rebalance took while it was asked where they end.

        The mark behind a transaction takes a place too, but is handed out to nobody: the client goes past it.
        """
        ends = await client.end_offsets(list(partitions))
        return {
            p: ends[tp] - max(self._positions[p], await client.position(tp))
            for tp, p in partitions.items()
            if p in self._positions
        }

    async def _report(
        self, client: KafkaConsumer, partitions: Mapping[TopicPartition, Partition]
    ) -> None:
        """Tells the broker where we stand, for its lag tools only; losing it loses nothing."""
        offsets = {tp: self._positions[p] for tp, p in partitions.items() if p in self._positions}
        if not offsets:
            return  # a rebalance took them while the ends were asked for
        with contextlib.suppress(KafkaError):
            await client.commit(offsets)


def _raw(topic: str, record: ConsumerRecord) -> RawRecord:
    return RawRecord(
        topic=topic,
        partition=record.partition,
        offset=record.offset,
        key=record.key,
        value=record.value,
        headers=_headers(record.headers),
        timestamp_ms=record.timestamp,
    )


def _headers(headers: Sequence[tuple[str, bytes | None]]) -> Headers:
    """Kafka counts headers into the size of a record only; what holds more of them than any client writes is not kept."""
    if (
        len(headers) > MOST_HEADERS
        or sum(len(n) + len(c or b"") for n, c in headers) > HEADER_BYTES
    ):
        return ((UNREADABLE, TOO_MANY_HEADERS),)
    return tuple(map(_header, headers))


def _header(header: tuple[str, bytes | None]) -> tuple[str, bytes]:
    """Kafka allows a null for the content and any character in the name; Postgres keeps no zero character."""
    name, content = header
    return name.replace("\x00", "\\x00"), content or b""
