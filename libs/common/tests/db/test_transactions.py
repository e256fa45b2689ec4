"""Work that loses a deadlock is done again; work that fails otherwise is not."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from kindred_common.db.engine import create_engine
from kindred_common.db.transactions import TRIES, Transaction, Transactions
from kindred_common.testing.databases import fresh_database

_ADD = text("UPDATE sum SET value = value + 1 WHERE name = :name")


@pytest.fixture
async def engine(postgres_server: str) -> AsyncIterator[AsyncEngine]:
    async with fresh_database(postgres_server) as settings:
        engine = create_engine(settings, application="test")
        async with engine.begin() as connection:
            await connection.execute(text("CREATE TABLE sum (name text PRIMARY KEY, value int)"))
            await connection.execute(text("INSERT INTO sum VALUES ('one', 0), ('two', 0)"))
        yield engine
        await engine.dispose()


async def values(engine: AsyncEngine) -> list[int]:
    async with engine.connect() as connection:
        rows = await connection.execute(text("SELECT value FROM sum ORDER BY name"))
        return [row.value for row in rows]


async def test_both_sides_of_a_deadlock_are_done_once(engine: AsyncEngine) -> None:
    transactions = Transactions(engine)
    met = asyncio.Barrier(2)
    begun: list[str] = []

    async def crosswise(first: str, second: str) -> str:
        async def work(transaction: Transaction) -> str:
            again = first in begun
            begun.append(first)
            await transaction.connection.execute(_ADD, {"name": first})
            if not again:
                await met.wait()
            await transaction.connection.execute(_ADD, {"name": second})
            return first

        return await transactions.run(work)

    done = await asyncio.gather(crosswise("one", "two"), crosswise("two", "one"))
    assert list(done) == ["one", "two"]
    # Who begins again may be first once more, and meet the other again.
    assert len(begun) >= 3, "one of them was begun again"
    assert await values(engine) == [2, 2]


@pytest.mark.parametrize(("state", "tries"), [("40P01", TRIES), ("40001", TRIES), ("23505", 1)])
async def test_work_that_never_wins_fails_in_the_end(
    engine: AsyncEngine, state: str, tries: int
) -> None:
    begun = 0

    async def work(transaction: Transaction) -> None:
        nonlocal begun
        begun += 1
        await transaction.connection.execute(_ADD, {"name": "one"})
        await transaction.connection.execute(
            text(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$")
        )

    with pytest.raises(DBAPIError):
        await Transactions(engine).run(work)
    assert begun == tries
    assert await values(engine) == [0, 0]


async def test_what_waits_for_the_commit_runs_once(engine: AsyncEngine) -> None:
    begun, committed = 0, 0

    async def note() -> None:
        nonlocal committed
        committed += 1

    async def work(transaction: Transaction) -> None:
        nonlocal begun
        begun += 1
        transaction.after_commit("note", note)
        if begun == 1:
            await transaction.connection.execute(
                text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$")
            )

    await Transactions(engine).run(work)
    assert (begun, committed) == (2, 1)
