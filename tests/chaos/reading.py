"""What lies on the topics, read as an outsider reads them."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager

from aiokafka import TopicPartition

from kindred_common.contracts.codec import RawRecord, Received, decode
from kindred_common.contracts.envelope import MalformedRecord
from kindred_common.contracts.heartbeat import HEARTBEAT_TYPE
from kindred_common.contracts.record import Record
from kindred_common.contracts.topics import TOPICS, Topic
from kindred_common.messaging.kafka import KafkaConsumer, create_reader
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.testing.cluster import read_raw

Offsets = Mapping[TopicPartition, int]


async def kept(settings: KafkaSettings, topic: Topic) -> list[Received[Record]]:
    """The records on the topic that keep their contract, each once, in the order of their first delivery."""
    first: dict[tuple[str, str], Received[Record]] = {}
    for raw in await read_raw(settings, topic):
        record = _readable(topic, raw)
        if record is not None:
            first.setdefault((record.envelope.source, record.envelope.id), record)
    return list(first.values())


def by_key(records: Iterable[Received[Record]]) -> dict[str, list[Received[Record]]]:
    """The records of each key, in order."""
    keys: dict[str, list[Received[Record]]] = {}
    for record in records:
        keys.setdefault(record.key, []).append(record)
    return keys


def _readable(topic: Topic, raw: RawRecord) -> Received[Record] | None:
    if is_heartbeat(raw.headers):
        return None
    try:
        return decode(topic, raw)
    except MalformedRecord:
        return None


def is_heartbeat(headers: Sequence[tuple[str, bytes]]) -> bool:
    return ("ce_type", HEARTBEAT_TYPE.encode()) in headers


class Watch:
    """Looks at all topics at once."""

    def __init__(self, settings: KafkaSettings, reader: KafkaConsumer) -> None:
        self._settings = settings
        self._reader = reader
        self._partitions = [
            TopicPartition(settings.name(topic), n)
            for topic in TOPICS
            for n in range(topic.partitions)
        ]
        reader.assign(self._partitions)

    async def ends(self) -> Offsets:
        """The offset behind the last record of each partition."""
        ends: Offsets = await self._reader.end_offsets(self._partitions)
        return ends

    async def news(self, since: Offsets, within: float) -> list[str]:
        """The topics and types of records that come behind ``since`` in so many seconds, heartbeats left out."""
        for partition, offset in since.items():
            self._reader.seek(partition, offset)
        loop = asyncio.get_running_loop()
        end = loop.time() + within
        heard: list[str] = []
        while (left := end - loop.time()) > 0 and not heard:
            fetched = await self._reader.getmany(timeout_ms=int(left * 1000))
            heard = [
                f"{partition.topic}: {dict(record.headers).get('ce_type', b'').decode()}"
                for partition, records in fetched.items()
                for record in records
                if not is_heartbeat(record.headers)
            ]
        return heard


@asynccontextmanager
async def watching(settings: KafkaSettings) -> AsyncIterator[Watch]:
    """A view of all topics until the block ends."""
    reader = create_reader(settings, client_id="chaos-watch")
    await reader.start()
    try:
        yield Watch(settings, reader)
    finally:
        await reader.stop()
