"""Two transactions in each other's way, on purpose: for tests of what a client is told then."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, ExceptionContext, Executable, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from kindred_common.db.faults import lost_to_another
from kindred_common.testing.waiting import eventually

_PATIENCE = text("SET LOCAL deadlock_timeout = '30s'")
_LOOK_AGAIN = "SET LOCAL deadlock_timeout = '3s'"
"""When a transaction that waits looks whether it waits in a circle: once, so the circle must be closed by then."""

_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)

T = TypeVar("T")


async def undone_once(
    engine: AsyncEngine, act: Coroutine[Any, Any, T], *, held: Executable, wanted: Executable
) -> T:
    """What comes of ``act`` when the server undoes it in favour of a transaction that holds what it waits for.

    That one executes ``held``; as soon as ``act`` waits for it, it wants what ``act`` holds, and commits in the end.
    """
    undone: list[str] = []

    def note(context: ExceptionContext) -> None:
        if isinstance(error := context.sqlalchemy_exception, DBAPIError) and lost_to_another(error):
            undone.append(context.statement or "COMMIT")

    event.listen(engine.sync_engine, "begin", _look_late)
    event.listen(engine.sync_engine, "handle_error", note)
    try:
        async with asyncio.TaskGroup() as group, engine.begin() as other:
            await other.execute(_PATIENCE)
            await other.execute(held)
            acting = group.create_task(act)
            await until_waiting(engine, 1)
            # Closes the circle: ``act`` has waited longer, so its patience ends first.
            await other.execute(wanted)
    finally:
        event.remove(engine.sync_engine, "begin", _look_late)
        event.remove(engine.sync_engine, "handle_error", note)
    if not undone:
        raise AssertionError("the server undid nothing")
    return acting.result()


@asynccontextmanager
async def held_back(engine: AsyncEngine, held: Executable) -> AsyncIterator[AsyncConnection]:
    """Holds what ``held`` locks until the block ends, so that those who want it queue up."""
    async with engine.begin() as other:
        await other.execute(held)
        yield other


async def until_waiting(engine: AsyncEngine, number: int) -> None:
    """Returns when so many transactions wait for a lock in the engine's database."""
    await eventually(lambda: _number(engine, _WAITING), lambda waiting: waiting >= number)


def _look_late(connection: Connection) -> None:
    connection.exec_driver_sql(_LOOK_AGAIN)


async def _number(engine: AsyncEngine, statement: Executable) -> int:
    async with engine.connect() as connection:
        found = await connection.execute(statement)
        return int(found.scalar_one())
