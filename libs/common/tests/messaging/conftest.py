from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from kindred_common.clock import new_id
from kindred_common.contracts.topics import (
    CRM_CUSTOMERS,
    CUSTOMER_PROFILES,
    INGEST_RECEIPTS,
    SURVEY_ANSWERS,
    Topic,
)
from kindred_common.contracts.vocabulary import Service
from kindred_common.db.engine import create_engine
from kindred_common.db.transactions import Transactions
from kindred_common.messaging.consumer import Consumer
from kindred_common.messaging.intake import Intake
from kindred_common.messaging.kafka import (
    KafkaConsumer,
    KafkaProducer,
    create_consumer,
    create_producer,
)
from kindred_common.messaging.outbox import Outbox, RelayWaker
from kindred_common.messaging.relay import LEASE, Relay
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.messaging.subscription import Subscription
from kindred_common.messaging.tables import metadata
from kindred_common.observability.health import Health
from kindred_common.observability.metrics import Metrics
from kindred_common.testing.clocks import OffsetClock
from kindred_common.testing.cluster import fresh_topics
from kindred_common.testing.databases import fresh_database

TOPICS: tuple[Topic, ...] = (SURVEY_ANSWERS, CUSTOMER_PROFILES, CRM_CUSTOMERS, INGEST_RECEIPTS)


@dataclass
class Bench:
    """The parts of messaging on a database of their own."""

    engine: AsyncEngine
    clock: OffsetClock = field(default_factory=OffsetClock)

    def __post_init__(self) -> None:
        self.transactions = Transactions(self.engine)
        self.waker = RelayWaker()
        self.outbox = Outbox(self.waker, self.clock, new_id)
        self.metrics = Metrics()
        self.health = Health(self.clock, self.metrics)

    def relay(
        self,
        kafka: KafkaSettings,
        name: str = "relay",
        *,
        service: Service = Service.SURVEY,
        lease: timedelta = LEASE,
        create: Callable[[], KafkaProducer] | None = None,
    ) -> Relay:
        return Relay(
            service,
            self.engine,
            create or partial(create_producer, kafka, client_id=name),
            kafka,
            RelayWaker() if name != "relay" else self.waker,
            self.clock,
            self.metrics,
            self.health.loop(name),
            lease,
        )

    def intake(self, *subscriptions: Subscription) -> Intake:
        return Intake(
            "test", subscriptions, self.transactions, self.outbox, self.clock, self.metrics
        )

    def consumer(
        self,
        kafka: KafkaSettings,
        intake: Intake,
        name: str = "consumer",
        create: Callable[[], KafkaConsumer] | None = None,
    ) -> Consumer:
        return Consumer(
            intake,
            create or partial(create_consumer, kafka, group="test"),
            kafka,
            self.clock,
            self.metrics,
            self.health.loop(name),
        )


@pytest.fixture
async def bench(postgres_server: str) -> AsyncIterator[Bench]:
    async with fresh_database(postgres_server) as settings:
        engine = create_engine(settings, application="test")
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
            await connection.execute(
                text(
                    "CREATE TABLE effect (id bigint GENERATED ALWAYS AS IDENTITY, customer text, value int)"
                )
            )
        yield Bench(engine)
        await engine.dispose()


@pytest.fixture
async def kafka(kafka_server: str) -> AsyncIterator[KafkaSettings]:
    async with fresh_topics(kafka_server, TOPICS) as settings:
        yield settings
