from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from services.profile.tests.wires import Broker, HandToHand
from services.profile.tests.world import World

import kindred_profile
from kindred_common.clock import new_id
from kindred_common.contracts.topics import TOPICS
from kindred_common.contracts.vocabulary import Service
from kindred_common.db.settings import DatabaseSettings
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.runtime.settings import HttpSettings
from kindred_common.security.local_issuer import LocalIssuer
from kindred_common.security.settings import SecuritySettings
from kindred_common.testing.clocks import OffsetClock
from kindred_common.testing.cluster import fresh_topics
from kindred_common.testing.databases import empty, fresh_database
from kindred_common.testing.ports import free_port
from kindred_common.testing.services import Running, running
from kindred_profile.bootstrap import SERVICE
from kindred_profile.settings import ProfileSettings


@pytest.fixture(scope="module")
def clock() -> OffsetClock:
    return OffsetClock()


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory, clock: OffsetClock) -> LocalIssuer:
    folder: Path = tmp_path_factory.mktemp("issuer")
    return LocalIssuer(folder, issuer="kindred-local", audience="kindred", clock=clock, ids=new_id)


@asynccontextmanager
async def service_on(
    database: DatabaseSettings,
    kafka: KafkaSettings,
    issuer: LocalIssuer,
    clock: OffsetClock,
    mode: str,
) -> AsyncIterator[Running[ProfileSettings]]:
    settings = ProfileSettings(
        database=database,
        kafka=kafka,
        http=HttpSettings(port=free_port()),
        security=SecuritySettings(jwks=str(issuer.jwks)),
    )
    async with running(SERVICE, settings, mode=mode, clock=clock) as service:
        yield service


@pytest.fixture(scope="module")
async def open_for_all(
    postgres_server: str, issuer: LocalIssuer, clock: OffsetClock
) -> AsyncIterator[HandToHand]:
    """One running API for the tests of a module: to start it takes longer than most of them."""
    nowhere = KafkaSettings(bootstrap="127.0.0.1:1")
    async with (
        fresh_database(postgres_server, kindred_profile) as database,
        service_on(database, nowhere, issuer, clock, "api") as service,
    ):
        yield HandToHand.to(service)


@pytest.fixture
async def world(open_for_all: HandToHand, issuer: LocalIssuer, clock: OffsetClock) -> World:
    """The API without any data, at the present, with records handed to it instead of sent through Kafka."""
    await empty(open_for_all.service.foundation.engine)
    clock.reset()
    await open_for_all.begin()
    return World(open_for_all.service, issuer, clock, open_for_all)


@pytest.fixture
async def whole(
    postgres_server: str, kafka_server: str, issuer: LocalIssuer, clock: OffsetClock
) -> AsyncIterator[World]:
    """The whole service on topics and a database of its own."""
    clock.reset()
    topics = [topic for topic in TOPICS if Service.PROFILE in (*topic.producers, *topic.consumers)]
    async with (
        fresh_database(postgres_server, kindred_profile) as database,
        fresh_topics(kafka_server, topics) as kafka,
        service_on(database, kafka, issuer, clock, "all") as service,
    ):
        yield World(service, issuer, clock, Broker(kafka))
