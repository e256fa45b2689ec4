import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from libs.common.tests.messaging.conftest import Bench
from libs.common.tests.messaging.records import outgoing
from libs.common.tests.messaging.shown import shown
from sqlalchemy import text

from kindred_common.clock import new_id
from kindred_common.contracts.survey import AnswersRecorded
from kindred_common.contracts.topics import SURVEY_ANSWERS
from kindred_common.messaging import relay as relay_module
from kindred_common.messaging.kafka import KafkaProducer, create_producer
from kindred_common.messaging.outbox import LOCK_SPACE, RELAY_LOCK
from kindred_common.messaging.relay import MEASURE_EVERY, Relay
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.testing.cluster import read_all
from kindred_common.testing.ports import free_port
from kindred_common.testing.waiting import eventually


@asynccontextmanager
async def relaying(*relays: Relay) -> AsyncIterator[None]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for relay in relays:
            group.create_task(relay.run(stop))
        try:
            yield
        finally:
            stop.set()


async def published(kafka: KafkaSettings) -> dict[str, list[tuple[int, int]]]:
    """By key: the sequence and the value of each record, in the order of the partition."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for record in await read_all(kafka, SURVEY_ANSWERS):
        assert isinstance(record.data, AnswersRecorded)
        found[record.key].append(
            (record.envelope.sequence or 0, int(record.data.answers[0].number or 0))
        )
    return found


async def test_concurrent_writers_of_one_key_are_published_in_commit_order(
    bench: Bench, kafka: KafkaSettings
) -> None:
    customers = [new_id() for _ in range(4)]

    async def write(writer: int) -> None:
        for turn in range(10):
            async with bench.transactions.begin() as transaction:
                await bench.outbox.publish(transaction, [outgoing(customers[turn % 4], writer)])

    async with relaying(bench.relay(kafka)):
        await asyncio.gather(*(write(writer) for writer in range(16)))
        found = await eventually(
            lambda: published(kafka), lambda f: sum(map(len, f.values())) == 160
        )
    for records in found.values():
        sequences = [sequence for sequence, _ in records]
        assert sequences == list(range(1, len(records) + 1))


async def test_a_rolled_back_transaction_publishes_nothing(
    bench: Bench, kafka: KafkaSettings
) -> None:
    customer = new_id()
    try:
        async with bench.transactions.begin() as transaction:
            await bench.outbox.publish(transaction, [outgoing(customer, 1)])
            raise RuntimeError
    except RuntimeError:
        pass
    async with bench.transactions.begin() as transaction:
        await bench.outbox.publish(transaction, [outgoing(customer, 2), outgoing(customer, 3)])
    async with relaying(bench.relay(kafka)):
        found = await eventually(lambda: published(kafka), lambda f: len(f[str(customer)]) >= 2)
    assert found[str(customer)] == [(1, 2), (2, 3)]


async def test_two_relays_publish_each_record_once(bench: Bench, kafka: KafkaSettings) -> None:
    customers = [new_id() for _ in range(50)]
    async with relaying(bench.relay(kafka), bench.relay(kafka, "second")):
        for customer in customers:
            async with bench.transactions.begin() as transaction:
                await bench.outbox.publish(transaction, [outgoing(customer, 1)])
        found = await eventually(lambda: published(kafka), lambda f: len(f) == 50)
    assert all(len(records) == 1 for records in found.values())


async def test_a_sleeping_relay_in_another_process_is_woken_by_the_writer(
    bench: Bench, kafka: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody but the writer wakes it in time.
    monkeypatch.setattr(relay_module, "IDLE_SECONDS", 8.0)
    elsewhere = bench.relay(kafka, "elsewhere")
    async with relaying(elsewhere):
        await eventually(lambda: _sleeping(bench))
        async with bench.transactions.begin() as transaction:
            await bench.outbox.publish(transaction, [outgoing(new_id(), 1)])
        assert await eventually(lambda: _all_marked(bench), within=7)


async def test_the_backlog_is_shown_while_the_broker_is_away(
    bench: Bench, kafka: KafkaSettings
) -> None:
    nowhere = kafka.model_copy(update={"bootstrap": f"127.0.0.1:{free_port()}"})
    reachable = [nowhere]

    def create() -> KafkaProducer:
        return create_producer(reachable[-1], client_id="relay")

    async with bench.transactions.begin() as transaction:
        await bench.outbox.publish(transaction, [outgoing(new_id(), 1), outgoing(new_id(), 2)])
    bench.clock.leap(timedelta(minutes=1))
    async with relaying(bench.relay(kafka, create=create)):
        pending, age = await eventually(lambda: _backlog(bench), lambda seen: seen[0] > 0)
        assert pending == 2
        assert 60 <= age < 120
        bench.clock.leap(timedelta(minutes=1))
        await eventually(lambda: _backlog(bench), lambda seen: seen[1] >= 120)
        await eventually(lambda: _lives(bench))
        reachable.append(kafka)
        await eventually(lambda: _all_marked(bench))
        bench.clock.leap(MEASURE_EVERY)
        await eventually(lambda: _backlog(bench), lambda seen: seen == (0, 0))


async def test_a_relay_that_is_not_the_active_one_shows_the_backlog_too(
    bench: Bench, kafka: KafkaSettings
) -> None:
    lock = text("SELECT pg_advisory_lock(:space, :relay)")
    async with bench.engine.connect() as active:
        await active.execute(lock, {"space": LOCK_SPACE, "relay": RELAY_LOCK})
        async with relaying(bench.relay(kafka, "standby")):
            await eventually(lambda: _ready(bench))
            async with bench.transactions.begin() as transaction:
                await bench.outbox.publish(transaction, [outgoing(new_id(), 1)])
            bench.clock.leap(MEASURE_EVERY)
            await eventually(lambda: _backlog(bench), lambda seen: seen[0] == 1)


async def _lives(bench: Bench) -> bool:
    return bench.health.live().ok


async def _backlog(bench: Bench) -> tuple[float, float]:
    """How many records wait to be published, and for how long the oldest."""
    names = ("outbox_pending", "outbox_oldest_age_seconds")
    pending, age = (shown(bench.metrics, name)[()] for name in names)
    return pending, age


async def _ready(bench: Bench) -> bool:
    return bench.health.ready().ok


async def _sleeping(bench: Bench) -> bool:
    statement = text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 2 AND granted AND mode = 'ExclusiveLock'"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    async with bench.engine.connect() as connection:
        return bool(await connection.scalar(statement))


async def _all_marked(bench: Bench) -> bool:
    statement = text("SELECT count(*) FROM outbox WHERE published_at IS NULL")
    async with bench.engine.connect() as connection:
        return int(await connection.scalar(statement) or 0) == 0
