"""A Kafka cluster for tests: topics of their own, what other systems would write, and what came out."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import TopicPartition

from kindred_common.clock import new_id
from kindred_common.contracts.codec import RawRecord, Received, decode
from kindred_common.contracts.envelope import Envelope, Headers, to_headers
from kindred_common.contracts.heartbeat import HEARTBEAT_TYPE
from kindred_common.contracts.record import Record
from kindred_common.contracts.topics import Changelog, Topic
from kindred_common.messaging.kafka import create_admin, create_producer, create_reader
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.messaging.topic_admin import ALL, apply_topics


@asynccontextmanager
async def fresh_topics(
    bootstrap: str, topics: Sequence[Topic | Changelog] = ALL
) -> AsyncIterator[KafkaSettings]:
    """The topics under a prefix of their own, deleted at the end."""
    prefix = f"t{new_id().hex[-10:]}-"
    settings = KafkaSettings(bootstrap=bootstrap, prefix=prefix, session_timeout_ms=6000)
    await apply_topics(settings, topics, within=90)
    await _until_served(settings, topics)
    try:
        yield settings
    finally:
        admin = create_admin(settings)
        await admin.start()
        await admin.delete_topics([settings.name(topic) for topic in topics])
        await admin.close()


async def _until_served(settings: KafkaSettings, topics: Sequence[Topic | Changelog]) -> None:
    """The broker leads a partition a while after it has said so: asking where one ends waits for that."""
    reader = create_reader(settings, client_id="test-topics")
    await reader.start()
    try:
        await reader.end_offsets(
            [
                TopicPartition(settings.name(topic), number)
                for topic in topics
                for number in range(topic.partitions)
            ]
        )
    finally:
        await reader.stop()


async def write(
    settings: KafkaSettings, topic: Topic, records: Sequence[tuple[str, Envelope, Record | None]]
) -> None:
    """Writes records as another system would, in binary mode."""
    rows = [
        (key.encode(), None if data is None else data.to_json(), to_headers(envelope))
        for key, envelope, data in records
    ]
    await write_bytes(settings, topic, rows)


async def write_bytes(
    settings: KafkaSettings,
    topic: Topic,
    rows: Sequence[tuple[bytes | None, bytes | None, Headers]],
) -> None:
    """Writes anything at all."""
    producer = create_producer(settings, client_id="test-writer")
    await producer.start()
    try:
        futures = [
            await producer.send(settings.name(topic), key=key, value=value, headers=list(headers))
            for key, value, headers in rows
        ]
        await asyncio.gather(*futures)
    finally:
        await producer.stop()


async def read_all(settings: KafkaSettings, topic: Topic) -> list[Received[Record]]:
    """Everything on the topic now, heartbeats left out, each partition in order."""
    raws = await read_raw(settings, topic)
    return [
        decode(topic, raw)
        for raw in raws
        if ("ce_type", HEARTBEAT_TYPE.encode()) not in raw.headers
    ]


async def read_raw(settings: KafkaSettings, topic: Topic) -> list[RawRecord]:
    """Everything on the topic now, unread."""
    reader = create_reader(settings, client_id="test-reader")
    await reader.start()
    try:
        partitions = [TopicPartition(settings.name(topic), n) for n in range(topic.partitions)]
        reader.assign(partitions)
        ends = await reader.end_offsets(partitions)
        await reader.seek_to_beginning(*partitions)
        found: list[RawRecord] = []
        while any([await reader.position(tp) < ends[tp] for tp in partitions]):
            for tp, batch in (await reader.getmany(timeout_ms=200)).items():
                found += [
                    RawRecord(
                        topic.name,
                        tp.partition,
                        r.offset,
                        r.key,
                        r.value,
                        tuple(r.headers),
                        r.timestamp,
                    )
                    for r in batch
                ]
        return found
    finally:
        await reader.stop()
