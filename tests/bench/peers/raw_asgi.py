"""Peer: the floor. A bare ASGI function and one asyncpg statement that inserts an answer and an outbox row."""

import json
from typing import Any
from uuid import UUID

import asyncpg
import uvicorn
from tests.bench.peers.settings import PeerSettings

INSERT = """
WITH answered AS (
    INSERT INTO answer (customer_id, survey_id, question_id, value)
    SELECT $1, $2, q, v FROM unnest($3::text[], $4::float8[]) AS u(q, v) RETURNING id
)
INSERT INTO outbox (key, body) SELECT $5, $6 FROM (SELECT count(*) FROM answered) AS c
"""
TABLES = """
CREATE TABLE IF NOT EXISTS answer (id bigserial PRIMARY KEY, customer_id uuid, survey_id uuid, question_id text,
    value float8, answered_at timestamptz DEFAULT now());
CREATE TABLE IF NOT EXISTS outbox (id bigserial PRIMARY KEY, key text, body bytea);
"""

settings = PeerSettings()
pool: asyncpg.Pool | None = None


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    global pool  # noqa: PLW0603 - one pool for one process
    if scope["type"] == "lifespan":
        await receive()
        pool = await asyncpg.create_pool(settings.plain_database, min_size=20, max_size=20)
        await pool.execute(TABLES)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        return
    assert pool is not None
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    given = json.loads(body)
    answers = given["answers"]
    await pool.execute(
        INSERT,
        UUID(given["customer_id"]),
        UUID(given["survey_id"]),
        [one["question_id"] for one in answers],
        [float(one["value"]) for one in answers],
        given["customer_id"],
        body,
    )
    await send(
        {"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"2")]}
    )
    await send({"type": "http.response.body", "body": b"{}"})


if __name__ == "__main__":
    uvicorn.run(app, port=settings.port, access_log=False, log_level="warning")
