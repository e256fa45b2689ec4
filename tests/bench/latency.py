"""From an answer to the match that follows from it, at a steady rate, beside the floor: the same number of bare commits and Kafka hops."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition  # noqa: TID251 - the floor is bare
from tests.bench.load import Connection, Request, percentile
from tests.bench.world import THEMES
from tests.system import System

from kindred_common.clock import new_id
from kindred_common.contracts.topics import CUSTOMER_MATCHES, EXTERNAL_RESPONSES, Topic
from kindred_common.contracts.vocabulary import Service
from kindred_common.messaging.kafka import create_reader
from kindred_common.security.principals import Role

RATE = 100
SECONDS = 20
WARM_UP_SECONDS = 5
HOPS = 3
"""Answer -> profile -> match -> reader: three commits, three hops."""


@dataclass(frozen=True, slots=True)
class LatencyFigure:
    """Milliseconds at the rate; ``count`` of the ``sent`` were seen to arrive."""

    name: str
    p50: float
    p99: float
    count: int
    sent: int


async def measure_latency(
    system: System, customers: list[UUID], survey_id: str
) -> list[LatencyFigure]:
    """The floor first, then the system, in the same run."""
    floor = await _floor(system)
    ours = await _ours(system, customers, survey_id)
    return [ours, floor]


async def _ours(system: System, customers: list[UUID], survey_id: str) -> LatencyFigure:
    token = system.home.issuer().issue("bench", [Role.SYSTEM])
    sent: dict[str, float] = {}
    arrived: dict[str, float] = {}
    reader = create_reader(system.kafka_settings, client_id="bench")
    await reader.start()
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(_watch(reader, system, arrived, stop))
        await _steadily(system, customers, survey_id, token, sent)
        await asyncio.sleep(3)
        stop.set()
    await reader.stop()
    counted = {
        name: begin for name, begin in sent.items() if begin > min(sent.values()) + WARM_UP_SECONDS
    }
    took = [arrived[name] - begin for name, begin in counted.items() if name in arrived]
    return _figure("Kindred: answer to match", took, len(counted))


async def _watch(
    reader: AIOKafkaConsumer, system: System, arrived: dict[str, float], stop: asyncio.Event
) -> None:
    """Notes when the first match that follows from each answer is read."""
    name = system.kafka_settings.name(CUSTOMER_MATCHES)
    partitions = [TopicPartition(name, number) for number in range(CUSTOMER_MATCHES.partitions)]
    reader.assign(partitions)
    await reader.seek_to_end(*partitions)
    while not stop.is_set():
        for records in (await reader.getmany(timeout_ms=100)).values():
            now = time.perf_counter()
            for record in records:
                correlation = dict(record.headers).get("ce_correlationid", b"").decode()
                arrived.setdefault(correlation, now)


async def _steadily(
    system: System, customers: list[UUID], survey_id: str, token: str, sent: dict[str, float]
) -> None:
    """One answer every 1 / RATE s, whether or not the one before has been answered."""
    connections = [Connection(system.addresses.port(Service.SURVEY)) for _ in range(20)]
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for connection in connections:
        free.put_nowait(connection)

    async def post(number: int) -> None:
        connection = await free.get()
        correlation = str(new_id())
        request = Request.post(
            "/v1/answers",
            {
                "customer_id": str(customers[number % len(customers)]),
                "survey_id": survey_id,
                "answers": [
                    {
                        "question_id": THEMES[number % len(THEMES)],
                        "value": 1 + (number // len(customers)) % 5,
                    }
                ],
            },
            {"Authorization": f"Bearer {token}", "X-Correlation-ID": correlation},
        )
        sent[correlation] = time.perf_counter()
        await connection.ask(request)
        free.put_nowait(connection)

    begin = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(RATE * SECONDS):
            await asyncio.sleep(max(0.0, begin + number / RATE - time.perf_counter()))
            group.create_task(post(number))
    for connection in connections:
        connection.close()


async def _floor(system: System) -> LatencyFigure:
    """Commit, hop, commit, hop, commit, hop: one INSERT each, one record each, nothing else."""
    await system.postgres.psql("CREATE DATABASE bench_floor;\n")
    address = system.postgres.admin_url.removesuffix("/postgres") + "/bench_floor"
    pool = await asyncpg.create_pool(address, min_size=4, max_size=20)
    await pool.execute("CREATE TABLE floor (id bigserial PRIMARY KEY, body bytea)")
    topic: Topic = EXTERNAL_RESPONSES
    producer = AIOKafkaProducer(
        bootstrap_servers=system.kafka.bootstrap, acks="all", enable_idempotence=True
    )
    consumer = AIOKafkaConsumer(
        topic.name, bootstrap_servers=system.kafka.bootstrap, auto_offset_reset="latest"
    )
    await producer.start()
    await consumer.start()
    await consumer.seek_to_end()
    body = b"x" * 500
    sent: dict[str, float] = {}
    took: list[float] = []

    async def step(name: str, hop: int) -> None:
        await pool.execute("INSERT INTO floor (body) VALUES ($1)", body)
        await producer.send_and_wait(topic.name, key=f"{name}/{hop}".encode(), value=body)

    async def relay(stop: asyncio.Event, group: asyncio.TaskGroup) -> None:
        while not stop.is_set():
            for records in (await consumer.getmany(timeout_ms=100)).values():
                for record in records:
                    name, hop = record.key.decode().split("/")
                    if int(hop) < HOPS:
                        group.create_task(step(name, int(hop) + 1))
                    else:
                        took.append(time.perf_counter() - sent[name])

    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(relay(stop, group))
        begin = time.perf_counter()
        count = RATE * SECONDS // 2
        for number in range(count):
            await asyncio.sleep(max(0.0, begin + number / RATE - time.perf_counter()))
            sent[str(number)] = time.perf_counter()
            group.create_task(step(str(number), 1))
        await asyncio.sleep(2)
        stop.set()
    await consumer.stop()
    await producer.stop()
    await pool.close()
    return _figure("floor: three bare commits and Kafka hops", took, count)


def _figure(name: str, took: Sequence[float], sent: int) -> LatencyFigure:
    milliseconds = [seconds * 1000 for seconds in took]
    return LatencyFigure(
        name, percentile(milliseconds, 0.5), percentile(milliseconds, 0.99), len(took), sent
    )
