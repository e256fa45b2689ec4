"""Heartbeats on the topics whose readers must know that they are current."""

from datetime import timedelta

from kindred_common.clock import Clock
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

    They go out through the relay's producer after what it has sent, so a heartbeat on a partition proves that everything
    committed before it has arrived there. They have a fixed key a partition, so compaction keeps one of each.
    """

    def __init__(self, service: Service, settings: KafkaSettings, clock: Clock) -> None:
        self._service = service
        self._settings = settings
        self._clock = clock
        self._topics = [topic for topic in TOPICS if topic.heartbeat is service]
        self._next = clock.now()

    async def beat(self, producer: KafkaProducer) -> None:
        """Sends the heartbeats when they are due."""
        now = self._clock.now()
        if now < self._next:
            return
        self._next = now + EVERY
        for topic in self._topics:
            for partition in range(topic.partitions):
                await self._send(producer, topic, partition)

    async def _send(self, producer: KafkaProducer, topic: Topic, partition: int) -> None:
        now = self._clock.now()
        key = f"{HEARTBEAT_KEY_PREFIX}{partition}"
        identity = f"{key}-{now.isoformat()}"
        envelope = Envelope(
            id=identity,
            source=f"kindred/{self._service}",
            type=HEARTBEAT_TYPE,
            time=now,
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
