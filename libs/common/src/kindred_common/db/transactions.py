"""One request or record, one transaction: the only place that commits."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from kindred_common.db.faults import lost_to_another

TRIES = 3

T = TypeVar("T")

AfterCommit = Callable[[], Awaitable[None]]


class Transaction:
    """An open transaction: rows are written on ``connection``; work that must wait for the commit is registered.

    A hook registered under a name twice runs once. Hooks are hints (waking a relay): they are lost if the process dies
    right after the commit, so nothing may depend on them.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.hooks: dict[str, AfterCommit] = {}

    def after_commit(self, name: str, hook: AfterCommit) -> None:
        self.hooks[name] = hook


class Transactions:
    """Opens transactions on one engine."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Transaction]:
        """Commits when the block ends, rolls back when it raises; then runs the hooks of a committed transaction."""
        async with self._engine.begin() as connection:
            transaction = Transaction(connection)
            yield transaction
        for hook in transaction.hooks.values():
            await hook()

    async def run(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """What ``work`` returns, done in a transaction, and again when the server undid it in favour of another one.

        Work may be begun more than once, so it changes nothing but by its transaction.
        """
        for _ in range(TRIES - 1):
            try:
                return await self._run(work)
            except DBAPIError as error:
                if not lost_to_another(error):
                    raise
        return await self._run(work)

    async def _run(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        async with self.begin() as transaction:
            return await work(transaction)
