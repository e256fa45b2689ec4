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


@pytest.fixture
async def office(postgres_server: str, tmp_path: Path) -> AsyncIterator[Office]:
    """The API alone: what it publishes stays in the outbox."""
    async with open_office(postgres_server, tmp_path) as opened:
        yield opened


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
