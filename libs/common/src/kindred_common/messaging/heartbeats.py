"""Heartbeats on the topics whose readers must know that they are current."""

from datetime import datetime, timedelta

from kindred_common.contracts.envelope import Envelope, to_headers
from kindred_common.contracts.heartbeat import HEARTBEAT_KEY_PREFIX, HEARTBEAT_TYPE
from kindred_common.contracts.record import Cause
from kindred_common.contracts.topics import TOPICS, Topic
from kindred_common.contracts.vocabulary import Service
from kindred_common.messaging.kafka import KafkaProducer
from kindred_common.messaging.settings import KafkaSettings

EVERY = timedelta(minutes=1)


class Heartbeats:
    """Writes one heartbeat a minute to each partition of the topics that ``service`` vouches for.

    They go out through the relay's producer after what it has sent, and bear the time at which it looked for what to send; so
    a heartbeat on a partition proves that everything committed before its time has arrived there. They have a fixed key a partition, so compaction keeps one of each.
    """

    def __init__(self, service: Service, settings: KafkaSettings, started_at: datetime) -> None:
        self._service = service
        self._settings = settings
        self._topics = [topic for topic in TOPICS if topic.heartbeat is service]
        self._next = started_at

    def due(self, now: datetime) -> bool:
        """Whether the last ones are a minute old."""
        return now >= self._next

    async def beat(self, producer: KafkaProducer, looked_at: datetime) -> None:
        """Sends the heartbeats; everything committed before ``looked_at`` must have been sent."""
        self._next = looked_at + EVERY
        for topic in self._topics:
            for partition in range(topic.partitions):
                await self._send(producer, topic, partition, looked_at)

    async def _send(
        self, producer: KafkaProducer, topic: Topic, partition: int, looked_at: datetime
    ) -> None:
        key = f"{HEARTBEAT_KEY_PREFIX}{partition}"
        identity = f"{key}-{looked_at.isoformat()}"
        envelope = Envelope(
            id=identity,
            source=f"kindred/{self._service}",
            type=HEARTBEAT_TYPE,
            time=looked_at,
            subject=key,
            cause=Cause(correlation_id=identity),
        )
        await producer.send_and_wait(
            self._settings.name(topic),
            key=key.encode(),
            value=b"{}",
            headers=list(to_headers(envelope)),
            partition=partition,
        )
