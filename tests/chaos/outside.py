"""Other systems: they write to topics whatever they like, and go on until the broker has it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from aiokafka.errors import KafkaError

from kindred_common.contracts.envelope import Envelope, Headers, to_headers
from kindred_common.contracts.record import Cause, Record
from kindred_common.contracts.topics import Topic
from kindred_common.messaging.kafka import KafkaProducer, create_producer
from kindred_common.messaging.settings import KafkaSettings

PAUSE_SECONDS = 0.5
GIVE_UP_SECONDS = 240.0


@dataclass(frozen=True, slots=True)
class Writing:
    """One record as bytes, wherever it is to go."""

    topic: Topic
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class Position:
    """Where a record lies."""

    topic: str
    partition: int
    offset: int


def writing(
    topic: Topic,
    key: str,
    data: Record,
    *,
    record_id: str,
    source: str,
    time: datetime,
    sequence: int | None = None,
    source_version: int | None = None,
) -> Writing:
    """A record that keeps its contract."""
    envelope = Envelope(
        id=record_id,
        source=source,
        type=data.record_type,
        time=time,
        subject=key,
        cause=Cause(correlation_id=record_id),
        sequence=sequence,
        source_version=source_version,
    )
    return Writing(topic, key.encode(), data.to_json(), to_headers(envelope))


class Outside:
    """A producer that outlives brokers."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._producer: KafkaProducer | None = None
        self._connecting = asyncio.Lock()

    async def write(self, record: Writing) -> Position:
        """Where the record lies; after a failure of the broker it may lie in a place before that too."""
        async with asyncio.timeout(GIVE_UP_SECONDS):
            while True:
                producer = await self._connected()
                try:
                    told = await producer.send_and_wait(
                        self._settings.name(record.topic),
                        key=record.key,
                        value=record.value,
                        headers=list(record.headers),
                    )
                except KafkaError:
                    await self._forget(producer)
                    await asyncio.sleep(PAUSE_SECONDS)
                else:
                    return Position(record.topic.name, told.partition, told.offset)

    async def close(self) -> None:
        if self._producer is not None:
            await self._forget(self._producer)

    async def _connected(self) -> KafkaProducer:
        async with self._connecting:
            while self._producer is None:
                self._producer = await self._connect()
            return self._producer

    async def _connect(self) -> KafkaProducer | None:
        producer: KafkaProducer = create_producer(self._settings, client_id="outside")
        try:
            await producer.start()
        except KafkaError:
            await producer.stop()
            await asyncio.sleep(PAUSE_SECONDS)
            return None
        return producer

    async def _forget(self, producer: KafkaProducer) -> None:
        is_ours = self._producer is producer
        if is_ours:
            self._producer = None
            with suppress(KafkaError, TimeoutError):
                await asyncio.wait_for(producer.stop(), 5)


@asynccontextmanager
async def outside(settings: KafkaSettings) -> AsyncIterator[Outside]:
    """Other systems, until the block ends."""
    world = Outside(settings)
    try:
        yield world
    finally:
        await world.close()
