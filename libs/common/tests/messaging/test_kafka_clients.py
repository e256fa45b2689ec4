"""What clients really do: the library's own defaults lose records, repeat them or read what was aborted."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import pytest

from kindred_common.messaging.kafka import (
    KafkaConsumer,
    KafkaProducer,
    create_consumer,
    create_producer,
    create_reader,
)
from kindred_common.messaging.settings import KafkaSettings

SETTINGS = KafkaSettings(prefix="acme-", session_timeout_ms=6000)
ALL_IN_SYNC = -1


@asynccontextmanager
async def stopped(client: KafkaConsumer | KafkaProducer) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await client.stop()


async def test_a_producer_is_idempotent_and_waits_for_all_replicas() -> None:
    client = create_producer(SETTINGS, client_id="relay")
    async with stopped(client):
        assert client._txn_manager is not None, "is not idempotent"
        assert client._sender._acks == ALL_IN_SYNC


@pytest.mark.parametrize(
    ("create", "group"),
    [
        (partial(create_consumer, SETTINGS, group="survey"), "acme-survey"),
        (partial(create_reader, SETTINGS, client_id="tool"), None),
    ],
)
async def test_a_consumer_reads_everything_that_was_committed_and_commits_nothing_by_itself(
    create: Callable[[], KafkaConsumer], group: str | None
) -> None:
    client = create()
    async with stopped(client):
        assert client._group_id == group
        assert client._enable_auto_commit is False
        assert client._auto_offset_reset == "earliest"
        assert client._isolation_level == "read_committed"


@pytest.mark.parametrize(("gather_ms", "least", "longest"), [(0, 1, 500), (50, 65_536, 50)])
async def test_records_are_handed_out_at_once_unless_they_are_to_come_together(
    gather_ms: int, least: int, longest: int
) -> None:
    client = create_consumer(SETTINGS, group="survey", gather_ms=gather_ms)
    async with stopped(client):
        assert (client._fetch_min_bytes, client._fetch_max_wait_ms) == (least, longest)


async def test_a_member_shows_life_thrice_before_it_counts_as_gone() -> None:
    client = create_consumer(SETTINGS, group="survey")
    async with stopped(client):
        assert (client._session_timeout_ms, client._heartbeat_interval_ms) == (6000, 2000)
