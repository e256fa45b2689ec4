import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from libs.common.tests.messaging.conftest import Bench
from libs.common.tests.messaging.records import answers, envelope
from sqlalchemy import text

from kindred_common.clock import new_id
from kindred_common.contracts.codec import Received
from kindred_common.contracts.survey import AnswersRecorded
from kindred_common.contracts.topics import SURVEY_ANSWERS
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.consumer import Consumer
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
        await eventually(lambda: in_order(bench), lambda seen: seen == up_to(5))
        async with consuming(member("second")):
            await send(range(5, 15))
            await eventually(lambda: in_order(bench), lambda seen: seen == up_to(15), within=30)
        await send(range(15, 20))
        await eventually(lambda: in_order(bench), lambda seen: seen == up_to(20), within=30)


async def test_a_database_set_back_in_time_replays_by_itself(
    bench: Bench, kafka: KafkaSettings
) -> None:
    subscription = Subscription(SURVEY_ANSWERS, one_by_one(note))
    customer = str(new_id())
    await write(
        kafka, SURVEY_ANSWERS, [(customer, envelope(), answers(new_id(), v)) for v in range(3)]
    )
    async with consuming(bench.consumer(kafka, bench.intake(subscription), "before")):
        await eventually(lambda: in_order(bench), lambda seen: seen == {customer: [0, 1, 2]})
    async with bench.engine.begin() as connection:
        for table in ("effect", "inbox", "consumer_offset"):
            await connection.execute(text(f"TRUNCATE {table}"))
    async with consuming(bench.consumer(kafka, bench.intake(subscription), "after")):
        await eventually(lambda: in_order(bench), lambda seen: seen == {customer: [0, 1, 2]})
