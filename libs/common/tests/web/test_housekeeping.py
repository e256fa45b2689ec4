import asyncio
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from kindred_common.clock import new_id
from kindred_common.db.engine import create_engine
from kindred_common.db.settings import DatabaseSettings
from kindred_common.db.transactions import Transactions
from kindred_common.observability.health import Health
from kindred_common.security.personal_links import KEPT_AFTER_EXPIRY, PersonalLinks
from kindred_common.security.tables import idempotency_key, personal_link
from kindred_common.testing.clocks import FakeClock
from kindred_common.testing.ports import free_port
from kindred_common.testing.waiting import eventually
from kindred_common.web.housekeeping import Housekeeping
from kindred_common.web.idempotency import KEPT_FOR


async def count(engine: AsyncEngine, table: sa.Table) -> int:
    async with engine.connect() as connection:
        return await connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


async def test_old_keys_and_links_go_and_young_ones_stay(engine: AsyncEngine) -> None:
    clock = FakeClock()
    ages = {"young": KEPT_FOR, "old": KEPT_FOR + timedelta(seconds=1)}
    async with engine.begin() as connection:
        for key, age in ages.items():
            row = {
                "principal": "anna",
                "key": key,
                "fingerprint": b"",
                "created_at": clock.now() - age,
            }
            await connection.execute(idempotency_key.insert().values(row))
        for expired in (timedelta(0), KEPT_AFTER_EXPIRY + timedelta(seconds=1)):
            await PersonalLinks(connection).create(
                "survey", new_id(), new_id(), expires_at=clock.now() - expired, now=clock.now()
            )
    health = Health(clock)
    housekeeping = Housekeeping(Transactions(engine), clock, health.loop("housekeeping"))

    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(housekeeping.run(stop))
        await eventually(lambda: count(engine, personal_link), lambda rows: rows == 1)
        stop.set()

    assert await count(engine, idempotency_key) == 1
    assert health.ready().status == 200


async def test_a_database_that_is_away_is_left_for_the_next_time() -> None:
    clock = FakeClock()
    health = Health(clock)
    nowhere = DatabaseSettings(url=f"postgresql://kindred@127.0.0.1:{free_port()}/kindred")
    engine = create_engine(nowhere, application="test")
    stop = asyncio.Event()
    housekeeping = Housekeeping(Transactions(engine), clock, health.loop("housekeeping"))

    async def ticked() -> bool:
        return health.live().loops[0].seconds == 0

    clock.advance(timedelta(seconds=5))
    async with asyncio.TaskGroup() as group:
        group.create_task(housekeeping.run(stop))
        assert await eventually(ticked)
        stop.set()
    await engine.dispose()
