import asyncio
import json
import os
import sys
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer  # noqa: TID251 - plays another system's client
from libs.common.tests.messaging.conftest import Bench
from libs.common.tests.messaging.records import answers, envelope
from libs.common.tests.messaging.shown import shown
from libs.common.tests.messaging.test_consumer import consuming, in_order, note

from kindred_common.clock import new_id
from kindred_common.contracts.envelope import to_headers
from kindred_common.contracts.topics import SURVEY_ANSWERS
from kindred_common.messaging.consumer import HOUSE_EVERY
from kindred_common.messaging.held import Held, find_held, list_held
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.messaging.subscription import Subscription, one_by_one
from kindred_common.testing.waiting import eventually

PRODUCER = Path(__file__).with_name("foreign_producer.py")


def body(value: int) -> str:
    """A structured record: its attributes stand in the body."""
    attributes = {n[3:]: c.decode() for n, c in to_headers(envelope()) if n.startswith("ce_")}
    data = json.loads(answers(new_id(), value).to_json())
    return json.dumps(attributes | {"data": data})


async def write_abroad(kafka: KafkaSettings, compression: str, *bodies: str) -> None:
    arguments = (kafka.bootstrap, kafka.name(SURVEY_ANSWERS), compression, *bodies)
    environment = os.environ | {"AIOKAFKA_NO_EXTENSIONS": "1"}  # noqa: TID251 - for the child only
    child = await asyncio.create_subprocess_exec(
        sys.executable, str(PRODUCER), *arguments, env=environment
    )
    assert await child.wait() == 0


@pytest.mark.parametrize("compression", ["none", "gzip", "snappy", "lz4", "zstd"])
async def test_records_with_strange_headers_stop_nothing(
    bench: Bench, kafka: KafkaSettings, compression: str
) -> None:
    await write_abroad(kafka, compression, body(1), body(2), "no record", body(3))
    consumer = bench.consumer(kafka, bench.intake(Subscription(SURVEY_ANSWERS, one_by_one(note))))

    async def arrived() -> bool:
        return (await in_order(bench)).get("k") == [1, 2, 3]

    async with consuming(consumer):
        await eventually(arrived)
    async with bench.engine.connect() as connection:
        (listed,) = await list_held(connection, Held.DEAD)
        dead = await find_held(connection, listed.id)
    assert dead is not None
    assert dead.raw.headers == (("\\xff\\x00\\xfe", b"\xff"), ("nu\\x00ll", b""))
    assert dead.why.reason == "is not JSON"


async def test_a_record_of_very_many_headers_is_put_aside_without_them(
    bench: Bench, kafka: KafkaSettings
) -> None:
    await write_abroad(kafka, "none", body(1))
    await write_abroad(kafka, "none", body(0), "headers 200000")
    await write_abroad(kafka, "none", body(2))
    consumer = bench.consumer(kafka, bench.intake(Subscription(SURVEY_ANSWERS, one_by_one(note))))

    async def arrived() -> bool:
        return (await in_order(bench)).get("k") == [1, 0, 2]

    async with consuming(consumer):
        await eventually(arrived)
    async with bench.engine.connect() as connection:
        (listed,) = await list_held(connection, Held.DEAD)
        dead = await find_held(connection, listed.id)
    assert dead is not None
    assert (dead.why.field, dead.why.reason) == ("headers", "are too many or too large")
    assert len(dead.raw.headers) == 1


async def test_the_mark_behind_a_transaction_is_no_record_that_waits(
    bench: Bench, kafka: KafkaSettings
) -> None:
    topic = kafka.name(SURVEY_ANSWERS)
    client = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id=f"{topic}-abroad")
    async with client as producer, producer.transaction():
        await producer.send_and_wait(topic, body(1).encode(), b"k", partition=0)
    consumer = bench.consumer(kafka, bench.intake(Subscription(SURVEY_ANSWERS, one_by_one(note))))

    async def lag() -> list[float]:
        return list(shown(bench.metrics, "consumer_lag").values())

    async with consuming(consumer):
        await eventually(lambda: in_order(bench), lambda seen: seen == {"k": [1]})
        bench.clock.leap(HOUSE_EVERY)
        await eventually(lag, lambda seen: seen == [0] * SURVEY_ANSWERS.partitions)
