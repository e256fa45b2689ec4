"""Tells the engine the time, each minute, and has it take a snapshot now and then."""

import asyncio
import contextlib
from datetime import timedelta

from kindred_common.clock import Clock, Ids
from kindred_common.contracts.record import Cause
from kindred_common.db.faults import is_transient
from kindred_common.db.transactions import Transactions
from kindred_common.messaging.positions import Overtaken
from kindred_common.observability.logging import get_logger
from kindred_matching.application.matchmaker import Matchmaker
from kindred_matching.application.ports import Caused
from kindred_matching.domain.inputs import ClockTicked
from kindred_matching.entrypoints.consumers import OpenStores

POLL_SECONDS = 0.5

_log = get_logger(__name__)


class Ticker:
    """Ticks while this process is the writer."""

    def __init__(
        self,
        matchmaker: Matchmaker,
        transactions: Transactions,
        open_stores: OpenStores,
        clock: Clock,
        ids: Ids,
        every: timedelta,
    ) -> None:
        self._matchmaker = matchmaker
        self._transactions = transactions
        self._open_stores = open_stores
        self._clock = clock
        self._ids = ids
        self._every = every

    async def begin(self) -> None:
        """Takes the work up at its first tick."""
        async with self._transactions.begin() as transaction:
            await self._matchmaker.begin(self._open_stores(transaction), self._cause())

    async def run(self, over: asyncio.Event) -> None:
        """Ticks until ``over``; a database that is away is waited for."""
        due = self._clock.now() + self._every
        while not over.is_set():
            if self._clock.now() >= due and await self._try_tick():
                due = self._clock.now() + self._every
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), POLL_SECONDS)

    async def _try_tick(self) -> bool:
        """Whether it ticked; a writer that was overtaken is stopped by who holds the right."""
        try:
            await self._tick()
        except Exception as error:
            if not isinstance(error, Overtaken) and not is_transient(error):
                raise
            _log.warning("tick interrupted", error=type(error).__name__)
            return False
        return True

    async def _tick(self) -> None:
        async with self._transactions.begin() as transaction:
            tick = Caused(ClockTicked(self._clock.now()), self._cause())
            await self._matchmaker.take(self._open_stores(transaction), [tick])
        if self._matchmaker.snapshot_due:
            async with self._transactions.begin() as transaction:
                await self._matchmaker.keep_snapshot(self._open_stores(transaction))

    def _cause(self) -> Cause:
        """The clock has no cause before it: each tick begins a chain of its own."""
        return Cause(correlation_id=str(self._ids()))
