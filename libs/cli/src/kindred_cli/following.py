"""Looks at what the services tell each other, as it comes, without taking part."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from kindred_cli.errors import CommandError
from kindred_cli.launcher.concurrency import beside
from kindred_common.contracts.codec import RawRecord, Received, decode
from kindred_common.contracts.envelope import MalformedRecord
from kindred_common.contracts.heartbeat import HEARTBEAT_TYPE
from kindred_common.contracts.record import Record
from kindred_common.contracts.topics import Topic
from kindred_common.messaging.kafka import KafkaConsumer, create_reader
from kindred_common.messaging.settings import KafkaSettings

HEARTBEAT = ("ce_type", HEARTBEAT_TYPE.encode())


@dataclass(frozen=True, slots=True)
class Seen:
    """A record and when it reached us, on the clock of ``time.perf_counter``."""

    received: Received[Record]
    at: float

    @property
    def id(self) -> str:
        return self.received.envelope.id

    @property
    def caused_by(self) -> str | None:
        """The id of the record directly before; None at the start of a chain."""
        return self.received.envelope.cause.causation_id


Judge = Callable[[Seen], bool]


class Follower:
    """Keeps the records whose key ``wants`` says is of interest, in the order of arrival."""

    def __init__(self, wants: Callable[[str], bool]) -> None:
        self.wants = wants
        self.seen: list[Seen] = []
        self._news = asyncio.Event()

    def take(self, records: Iterable[Seen]) -> None:
        """Looks at new records."""
        before = len(self.seen)
        self.seen += records
        if len(self.seen) > before:
            self._news.set()

    async def news(self, within: float) -> bool:
        """Waits for records that came since the last call; False when none came within the seconds."""
        try:
            await asyncio.wait_for(self._news.wait(), within)
        except TimeoutError:
            return False
        self._news.clear()
        return True

    async def first(self, judge: Judge, *, within: float) -> Seen | None:
        """The first record of which ``judge`` is true; None when there is none within the seconds."""
        deadline, looked_at = perf_counter() + within, 0
        while True:
            for record in self.seen[looked_at:]:
                looked_at += 1
                if judge(record):
                    return record
            left = deadline - perf_counter()
            if left <= 0:
                return None
            await self.news(left)


@asynccontextmanager
async def following(
    settings: KafkaSettings,
    topics: Sequence[Topic],
    wants: Callable[[str], bool],
    *,
    state: bool = False,
) -> AsyncIterator[Follower]:
    """Follows the topics from now on, while the block runs.

    With ``state`` it begins with what stands on them; what a later record replaced may then be left out.

    Raises:
        CommandError: Kafka cannot be read.
    """
    reader, follower = create_reader(settings, client_id="kindred-look"), Follower(wants)
    try:
        by_name = {settings.name(topic): topic for topic in topics}
        await _start(reader, by_name, state=state)
        async with beside(lambda stop: _read(reader, by_name, (follower, stop), state=state)):
            yield follower
    except KafkaError as error:
        raise CommandError(f"Kafka at {settings.bootstrap}: {error}") from error
    finally:
        await reader.stop()


async def _start(reader: KafkaConsumer, topics: Mapping[str, Topic], *, state: bool) -> None:
    await reader.start()
    partitions = [
        TopicPartition(name, number)
        for name, topic in topics.items()
        for number in range(topic.partitions)
    ]
    reader.assign(partitions)
    if state:
        await reader.seek_to_beginning(*partitions)
        return
    # Ends are fixed now: a lazy "seek to the end" would miss what comes before the first fetch.
    for partition, end in (await reader.end_offsets(partitions)).items():
        reader.seek(partition, end)


async def _read(
    reader: KafkaConsumer,
    topics: Mapping[str, Topic],
    into: tuple[Follower, asyncio.Event],
    *,
    state: bool,
) -> None:
    follower, stop = into
    while not stop.is_set():
        batches = await reader.getmany(timeout_ms=100)
        at = perf_counter()
        for partition, batch in batches.items():
            wanted = [
                one for one in batch if follower.wants((one.key or b"").decode("utf-8", "replace"))
            ]
            latest = {one.key: one for one in wanted}.values() if state else wanted
            follower.take(_decoded(topics[partition.topic], latest, at))
            await asyncio.sleep(0)  # others have a turn between two large batches


def _decoded(topic: Topic, batch: Iterable[ConsumerRecord], at: float) -> Iterable[Seen]:
    for record in batch:
        if HEARTBEAT in record.headers:
            continue
        raw = RawRecord(
            topic.name,
            record.partition,
            record.offset,
            record.key,
            record.value,
            tuple(record.headers),
            record.timestamp,
        )
        try:
            yield Seen(decode(topic, raw), at)
        except MalformedRecord:
            continue  # what others spoil is the consumers' to report
