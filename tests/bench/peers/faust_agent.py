"""Peer: a Faust agent. Each record leaves its facts in Postgres, a transaction each, and a state record on Kafka."""

import asyncio
import json
import time

import asyncpg
import faust
from tests.bench.peers.bare_loop import TABLE, UPSERT
from tests.bench.peers.settings import PeerSettings


async def main(settings: PeerSettings, source: str, target: str, records: int) -> float:
    pool = await asyncpg.create_pool(settings.plain_database, min_size=1, max_size=2)
    await pool.execute(TABLE)
    app = faust.App(
        "bench-faust-agent",
        broker=f"kafka://{settings.bootstrap}",
        topic_allow_declare=False,
        topic_disable_leader=True,
        topic_partitions=12,
        web_enabled=False,
        consumer_auto_offset_reset="earliest",
        stream_wait_empty=False,
    )
    answers = app.topic(
        source, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
    )
    states = app.topic(
        target, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
    )
    done = asyncio.Event()
    count, first = 0, 0.0

    @app.agent(answers, concurrency=1)
    async def agent(stream: faust.StreamT[bytes]) -> None:
        nonlocal count, first
        async for event in stream.events():
            first = first or time.perf_counter()
            rows = [
                (event.key.decode(), answer["question_id"], answer["number"])
                for answer in json.loads(event.value)["answers"]
            ]
            async with pool.acquire() as connection, connection.transaction():
                await connection.executemany(UPSERT, rows)
            await states.send(key=event.key, value=event.value)
            count += 1
            if count >= records:
                done.set()

    await app.start()
    await done.wait()
    await app.stop()
    return first
