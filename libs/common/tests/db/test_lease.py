"""Sessions that the server ends when nothing is heard of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from kindred_common.db.engine import create_engine
from kindred_common.db.lease import showing_life
from kindred_common.testing.databases import fresh_database

PATIENCE = timedelta(seconds=2)
_LIMIT = text("SELECT set_config('idle_in_transaction_session_timeout', '2000', true)")
_WHO = text("SELECT 1")


@pytest.fixture
async def engine(postgres_server: str) -> AsyncIterator[AsyncEngine]:
    async with fresh_database(postgres_server) as settings:
        engine = create_engine(settings, application="test")
        yield engine
        await engine.dispose()


async def long_work() -> str:
    """Work that takes twice the patience."""
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 2 * PATIENCE.total_seconds())
    return "done"


async def test_a_transaction_that_shows_life_outlives_long_work(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(_LIMIT)
        assert await showing_life(connection, PATIENCE, long_work()) == "done"
        assert await connection.scalar(_WHO) == 1


async def test_one_that_does_not_is_ended(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.execute(_LIMIT)
        await long_work()
        with pytest.raises(DBAPIError):
            await connection.scalar(_WHO)
        await connection.invalidate()


async def test_work_that_fails_says_so(engine: AsyncEngine) -> None:
    async def fail() -> None:
        raise ValueError("no")

    async with engine.begin() as connection:
        with pytest.raises(ValueError, match="no"):
            await showing_life(connection, PATIENCE, fail())
