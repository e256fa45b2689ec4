"""How records get into the service under test and out of it: through Kafka, or from hand to hand."""

from dataclasses import dataclass, field
from typing import Self

from kindred_common.contracts.codec import RawRecord, Received
from kindred_common.contracts.envelope import Envelope, to_headers
from kindred_common.contracts.record import Cause, Record
from kindred_common.contracts.topics import Topic
from kindred_common.messaging.due_jobs import DueJob, DueJobs, schedule
from kindred_common.messaging.intake import Intake, Positions
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.testing.cluster import read_all, write
from kindred_common.testing.services import Running
from kindred_profile.entrypoints.jobs import SWEEP
from kindred_profile.settings import ProfileSettings


@dataclass
class Broker:
    """Through Kafka."""

    kafka: KafkaSettings

    async def publish(
        self, topic: Topic, key: str, envelope: Envelope, data: Record | None
    ) -> None:
        await write(self.kafka, topic, [(key, envelope, data)])

    async def read(self, topic: Topic) -> list[Received[Record]]:
        return await read_all(self.kafka, topic)

    async def work_off(self) -> None:
        """The worker does."""


@dataclass
class HandToHand:
    """Straight into the intake, out of the outbox: everything of the service but its clients of Kafka."""

    service: Running[ProfileSettings]
    intake: Intake
    jobs: DueJobs
    positions: Positions = field(default_factory=dict)

    @classmethod
    def to(cls, service: Running[ProfileSettings]) -> Self:
        foundation, parts = service.foundation, service.parts
        shared = foundation.transactions, foundation.clock, foundation.metrics
        transactions, clock, metrics = shared
        intake = Intake(
            "profile", parts.subscriptions, transactions, foundation.outbox, clock, metrics
        )
        return cls(service, intake, DueJobs(parts.jobs, *shared, foundation.health.loop("jobs")))

    async def begin(self) -> None:
        """Takes its place on the empty topics of an empty database, where a sweep is due at once."""
        foundation, parts = self.service.foundation, self.service.parts
        self.positions = await self.intake.stand([(s.topic.name, 0) for s in parts.subscriptions])
        async with foundation.transactions.begin() as transaction:
            await schedule(transaction, DueJob(SWEEP, "profile", foundation.clock.now(), {}))

    async def publish(
        self, topic: Topic, key: str, envelope: Envelope, data: Record | None
    ) -> None:
        place = (topic.name, 0)
        body = None if data is None else data.to_json()
        offset = self.positions.get(place, 0)
        raw = RawRecord(*place, offset, key.encode(), body, to_headers(envelope), 0)
        self.positions = await self.intake.take([raw], self.positions)
        while await self.intake.retry_held(list(self.positions)):
            pass

    async def read(self, topic: Topic) -> list[Received[Record]]:
        statement = "SELECT * FROM outbox WHERE topic = $1 ORDER BY id"
        async with self.service.foundation.engine.connect() as connection:
            rows = (await connection.exec_driver_sql(statement, (topic.name,))).all()
        return [_received(topic, row) for row in rows]

    async def work_off(self) -> None:
        while await self.jobs.run_one():
            pass


def _received(topic: Topic, row: object) -> Received[Record]:
    values = row._mapping  # type: ignore[attr-defined]  # a row of SQLAlchemy
    model = topic.record(values["type"])
    assert model is not None
    cause = Cause(values["correlation_id"], values["causation_id"], values["traceparent"])
    envelope = Envelope(
        id=str(values["record_id"]),
        source="kindred/profile",
        type=values["type"],
        time=values["created_at"],
        subject=values["key"],
        cause=cause,
        sequence=values["seq"],
    )
    body = values["body"]
    return Received(topic, values["key"], envelope, None if body is None else model.from_json(body))
