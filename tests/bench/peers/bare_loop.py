"""Peer: a bare aiokafka loop. Each record leaves its facts in Postgres, a batch a transaction, and a state record on Kafka.

No deduplication, no dead letters, no outbox: what it publishes is lost when it dies after the commit.
"""

import asyncio
import json
import time

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer  # noqa: TID251 - a peer, not our client
from tests.bench.peers.settings import PeerSettings

TABLE = "CREATE TABLE IF NOT EXISTS fact (customer text, question text, value float8, PRIMARY KEY (customer, question))"
UPSERT = "INSERT INTO fact VALUES ($1, $2, $3) ON CONFLICT (customer, question) DO UPDATE SET value = excluded.value"


async def main(settings: PeerSettings, source: str, target: str, records: int) -> float:
    pool = await asyncpg.create_pool(settings.plain_database, min_size=1, max_size=2)
    await pool.execute(TABLE)
    consumer = AIOKafkaConsumer(
        source,
        bootstrap_servers=settings.bootstrap,
        group_id="bare",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap, acks="all", enable_idempotence=True
    )
    await consumer.start()
    await producer.start()
    done, first = 0, 0.0
    while done < records:
        batches = await consumer.getmany(timeout_ms=500, max_records=500)
        found = [record for batch in batches.values() for record in batch]
        if not found:
            continue
        first = first or time.perf_counter()
        rows = [
            (record.key.decode(), answer["question_id"], answer["number"])
            for record in found
            for answer in json.loads(record.value)["answers"]
        ]
        async with pool.acquire() as connection, connection.transaction():
            await connection.executemany(UPSERT, rows)
        sent = [await producer.send(target, key=record.key, value=record.value) for record in found]
        await asyncio.gather(*sent)
        await consumer.commit()
        done += len(found)
    await consumer.stop()
    await producer.stop()
    return first
