"""Two writers as processes of their own: the second takes over from one that stands still, which then writes nothing more."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from services.matching.tests.house import House, build_house
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from kindred_common.clock import new_id
from kindred_common.db.engine import create_engine
from kindred_common.testing.ports import free_port
from kindred_common.testing.waiting import eventually


@pytest.fixture
async def house(postgres_server: str, kafka_server: str, tmp_path: Path) -> AsyncIterator[House]:
    async with build_house(postgres_server, kafka_server, tmp_path, lease_seconds=10) as house:
        yield house


@asynccontextmanager
async def worker(house: House, port: int, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "kindred_matching",
            "worker",
            env=environment(house, port),
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGCONT)
            process.terminate()
        await process.wait()


def environment(house: House, port: int) -> Mapping[str, str]:
    settings = house.settings
    return {
        "PATH": os.defpath,
        "KINDRED_DATABASE__URL": settings.database.url,
        "KINDRED_KAFKA__BOOTSTRAP": settings.kafka.bootstrap,
        "KINDRED_KAFKA__PREFIX": settings.kafka.prefix,
        "KINDRED_KAFKA__SESSION_TIMEOUT_MS": "6000",
        "KINDRED_MATCHING__LEASE_SECONDS": "10",
        "KINDRED_MATCHING__TICK_SECONDS": "1",
        "KINDRED_HTTP__PORT": str(port),
    }


async def ready(port: int) -> bool:
    try:
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"http://127.0.0.1:{port}/health/ready")
    except httpx.TransportError:
        return False
    return answer.status_code == 200


async def rows(engine: AsyncEngine, query: str) -> list[tuple[object, ...]]:
    async with engine.begin() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]


@pytest.mark.timeout(400)
async def test_a_writer_that_stands_still_is_replaced_and_cannot_write_when_it_wakes(
    house: House, tmp_path: Path
) -> None:
    engine = create_engine(house.settings.database, application="test")
    first_port, second_port = free_port(), free_port()
    customers = [new_id() for _ in range(9)]
    known = "SELECT customer_id FROM customer"

    async def reached(count: int, epoch: int) -> None:
        await eventually(lambda: rows(engine, known), lambda found: len(found) == count, within=90)
        newest = "SELECT epoch FROM journal WHERE kind = 'customer-replaced' ORDER BY position DESC"
        assert (await rows(engine, newest))[0] == (epoch,)

    async with worker(house, first_port, tmp_path / "first.log") as first:
        await eventually(lambda: ready(first_port), within=120)
        await house.world.event(new_id())
        for customer in customers[:3]:
            await house.world.profile(customer)
        await reached(3, epoch=1)

        async with worker(house, second_port, tmp_path / "second.log"):
            await eventually(lambda: ready(second_port), within=120)
            assert await rows(engine, "SELECT epoch FROM engine") == [(1,)], "it only stands by"

            first.send_signal(signal.SIGSTOP)
            for customer in customers[3:6]:
                await house.world.profile(customer)
            await reached(6, epoch=2)

            first.send_signal(signal.SIGCONT)
            for customer in customers[6:]:
                await house.world.profile(customer)
            await reached(9, epoch=2)
            await eventually(lambda: ready(first_port), within=120)
            order = await rows(engine, "SELECT epoch FROM journal ORDER BY position")

    assert set(order) == {(1,), (2,)}
    assert order == sorted(order), "nothing of the first epoch comes after the second began"
    assert b"Traceback" not in (tmp_path / "first.log").read_bytes()
    await engine.dispose()
