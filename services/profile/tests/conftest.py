from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from services.profile.tests.world import World

import kindred_profile
from kindred_common.clock import new_id
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.runtime.settings import HttpSettings
from kindred_common.security.local_issuer import LocalIssuer
from kindred_common.security.settings import SecuritySettings
from kindred_common.testing.clocks import OffsetClock
from kindred_common.testing.cluster import fresh_topics
from kindred_common.testing.databases import fresh_database
from kindred_common.testing.services import free_port, running
from kindred_profile.bootstrap import SERVICE
from kindred_profile.settings import ProfileSettings


@pytest.fixture
def clock() -> OffsetClock:
    return OffsetClock()


@pytest.fixture
def issuer(tmp_path: Path, clock: OffsetClock) -> LocalIssuer:
    return LocalIssuer(
        tmp_path, issuer="kindred-local", audience="kindred", clock=clock, ids=new_id
    )


@pytest.fixture
async def api(
    postgres_server: str, issuer: LocalIssuer, clock: OffsetClock
) -> AsyncIterator[World]:
    """The service without Kafka."""
    async with fresh_database(postgres_server, kindred_profile) as database:
        settings = ProfileSettings(
            database=database,
            kafka=KafkaSettings(bootstrap="127.0.0.1:1"),
            http=HttpSettings(port=free_port()),
            security=SecuritySettings(jwks=str(issuer.jwks)),
        )
        async with running(SERVICE, settings, mode="api", clock=clock) as service:
            yield World(service, issuer, clock, settings.kafka)


@pytest.fixture
async def world(
    postgres_server: str, kafka_server: str, issuer: LocalIssuer, clock: OffsetClock
) -> AsyncIterator[World]:
    """The whole service on topics and a database of its own."""
    async with (
        fresh_database(postgres_server, kindred_profile) as database,
        fresh_topics(kafka_server) as kafka,
    ):
        settings = ProfileSettings(
            database=database,
            kafka=kafka,
            http=HttpSettings(port=free_port()),
            security=SecuritySettings(jwks=str(issuer.jwks)),
        )
        async with running(SERVICE, settings, clock=clock) as service:
            yield World(service, issuer, clock, kafka)
