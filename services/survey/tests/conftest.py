from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from services.survey.tests.office import Office, open_office

from kindred_common.contracts.topics import (
    CUSTOMER_DETAILS,
    EXTERNAL_ANSWERS,
    INGEST_RECEIPTS,
    MESSAGE_OUTCOMES,
    MESSAGE_REQUESTS,
    SURVEY_ANSWERS,
)
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.testing.cluster import fresh_topics

TOPICS = (
    EXTERNAL_ANSWERS,
    CUSTOMER_DETAILS,
    MESSAGE_OUTCOMES,
    SURVEY_ANSWERS,
    MESSAGE_REQUESTS,
    INGEST_RECEIPTS,
)


@pytest.fixture(scope="module")
async def open_for_all(
    postgres_server: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    """One running API for the tests of a module: to start it takes longer than most of them."""
    async with open_office(postgres_server, tmp_path_factory.mktemp("office")) as opened:
        yield opened


@pytest.fixture
async def office(open_for_all: Office) -> Office:
    """The API alone, without any data, at the present: what it publishes stays in the outbox."""
    await open_for_all.forget()
    return open_for_all


@pytest.fixture
async def kafka(kafka_server: str) -> AsyncIterator[KafkaSettings]:
    async with fresh_topics(kafka_server, TOPICS) as settings:
        yield settings


@pytest.fixture
async def connected(
    postgres_server: str, tmp_path: Path, kafka: KafkaSettings
) -> AsyncIterator[Office]:
    """The whole service, on topics of its own."""
    async with open_office(postgres_server, tmp_path, kafka) as opened:
        yield opened
