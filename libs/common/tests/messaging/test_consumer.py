import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError
from libs.common.tests.messaging.conftest import Bench
from libs.common.tests.messaging.records import answers, envelope
from sqlalchemy import text

from kindred_common.clock import new_id
from kindred_common.contracts.codec import Received
from kindred_common.contracts.survey import AnswersRecorded
from kindred_common.contracts.topics import SURVEY_ANSWERS
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.consumer import HOUSE_EVERY, Consumer
from kindred_common.messaging.kafka import KafkaConsumer, close_client, create_consumer
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.messaging.subscription import Subscription, one_by_one
from kindred_common.testing.cluster import write
from kindred_common.testing.waiting import eventually


async def note(transaction: Transaction, record: Received[AnswersRecorded]) -> None:
    assert record.data is not None
    value = int(record.data.answers[0].number or 0)
    statement = text("INSERT INTO effect (customer, value) VALUES (:customer, :value)")
    await transaction.connection.execute(statement, {"customer": record.key, "value": value})


@asynccontextmanager
async def consuming(consumer: Consumer) -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(consumer.run(stop))
        try:
            yield stop
        finally:
            stop.set()


async def in_order(bench: Bench) -> dict[str, list[int]]:
    async with bench.engine.connect() as connection:
        rows = await connection.execute(
            text(
                "SELECT customer, array_agg(value ORDER BY id) AS seen FROM effect GROUP BY customer"
            )
        )
        return {row.customer: row.seen for row in rows}


async def test_a_client_that_lets_a_cancellation_out_when_closed_ends_no_consumer(
    bench: Bench, kafka: KafkaSettings
) -> None:
    """As aiokafka does while the broker is away; the consumer goes on with another client."""
    made: list[KafkaConsumer] = []

    def create() -> KafkaConsumer:
        client = create_consumer(kafka, group="test")
        if not made:
            close = client.stop

            async def fail(**_: object) -> dict[TopicPartition, list[object]]:
                raise KafkaConnectionError

            async def close_and_let_out() -> None:
                await close()
                raise asyncio.CancelledError

            vars(client).update(getmany=fail, stop=close_and_let_out)
        made.append(client)
        return client

    customer = str(new_id())
    await write(kafka, SURVEY_ANSWERS, [(customer, envelope(), answers(new_id(), 7))])
    intake = bench.intake(Subscription(SURVEY_ANSWERS, one_by_one(note)))
    async with consuming(bench.consumer(kafka, intake, create=create)):
        assert await eventually(lambda: in_order(bench), lambda seen: seen == {customer: [7]})
    assert len(made) == 2


async def test_a_client_that_never_closes_is_left_to_itself(kafka: KafkaSettings) -> None:
    client = create_consumer(kafka, group="test")
    close, closing = client.stop, asyncio.Event()

    async def never_close() -> None:
        while True:
            closing.set()
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(0.2)
                return

    vars(client).update(stop=never_close)
    async with asyncio.timeout(20):
        await close_client(client, 0.05)
    assert closing.is_set()
    await close()


async def test_members_that_come_and_go_apply_each_record_once_in_order(
    bench: Bench, kafka: KafkaSettings
) -> None:
    customers = [str(new_id()) for _ in range(30)]

    def member(name: str) -> Consumer:
        return bench.consumer(
            kafka, bench.intake(Subscription(SURVEY_ANSWERS, one_by_one(note))), name
        )

    async def send(values: range) -> None:
        rows = [(c, envelope(), answers(new_id(), v)) for v in values for c in customers]
        await write(kafka, SURVEY_ANSWERS, rows)

    def up_to(last: int) -> dict[str, list[int]]:
        return {customer: list(range(last)) for customer in customers}

    async with consuming(member("first")):
        await send(range(5))
        assert await eventually(lambda: in_order(bench), lambda seen: seen == up_to(5))
        async with consuming(member("second")):
            await send(range(5, 15))
            assert await eventually(
                lambda: in_order(bench), lambda seen: seen == up_to(15), within=30
            )
        await send(range(15, 20))
        assert await eventually(lambda: in_order(bench), lambda seen: seen == up_to(20), within=30)


@dataclass
class SlowEnds:
    """A client that learns where the partitions end, and once ``holds`` tells it only when it may."""

    kafka: KafkaSettings
    holds: bool = False
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    def create(self) -> KafkaConsumer:
        client = create_consumer(self.kafka, group="test")
        ask = client.end_offsets

        async def end_offsets(partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
            ends: dict[TopicPartition, int] = await ask(partitions)
            if self.holds:
                self.asked.set()
                await self.go_on.wait()
            return ends

        client.end_offsets = end_offsets
        return client


async def test_a_member_survives_that_its_partitions_go_while_it_asks_for_their_ends(
    bench: Bench, kafka: KafkaSettings
) -> None:
    """It then has no position to report; to report none is an error of the client."""
    customers = [str(new_id()) for _ in range(30)]
    slow = SlowEnds(kafka)
    first = bench.consumer(
        kafka, bench.intake(Subscription(SURVEY_ANSWERS, one_by_one(note))), create=slow.create
    )
    second = bench.consumer(
        kafka, bench.intake(Subscription(SURVEY_ANSWERS, one_by_one(note))), "second"
    )

    async def send(value: int) -> None:
        await write(
            kafka, SURVEY_ANSWERS, [(c, envelope(), answers(new_id(), value)) for c in customers]
        )

    await send(0)
    async with consuming(first):
        await eventually(lambda: in_order(bench), lambda seen: len(seen) == len(customers))
        slow.holds = True
        bench.clock.leap(HOUSE_EVERY)
        await asyncio.wait_for(slow.asked.wait(), 20)
        async with consuming(second):
            await send(1)
            seen = await eventually(
                lambda: in_order(bench), lambda seen: [0, 1] in seen.values(), within=30
            )
            assert [0] in seen.values(), "the first member still has partitions to return to"
            slow.go_on.set()
            assert await eventually(
                lambda: in_order(bench),
                lambda seen: seen == {customer: [0, 1] for customer in customers},
                within=30,
            )


async def test_a_database_set_back_in_time_replays_by_itself(
    bench: Bench, kafka: KafkaSettings
) -> None:
    subscription = Subscription(SURVEY_ANSWERS, one_by_one(note))
    customer = str(new_id())
    await write(
        kafka, SURVEY_ANSWERS, [(customer, envelope(), answers(new_id(), v)) for v in range(3)]
    )
    async with consuming(bench.consumer(kafka, bench.intake(subscription), "before")):
        assert await eventually(lambda: in_order(bench), lambda seen: seen == {customer: [0, 1, 2]})
    async with bench.engine.begin() as connection:
        for table in ("effect", "inbox", "consumer_offset"):
            await connection.execute(text(f"TRUNCATE {table}"))
    async with consuming(bench.consumer(kafka, bench.intake(subscription), "after")):
        assert await eventually(lambda: in_order(bench), lambda seen: seen == {customer: [0, 1, 2]})
