"""Tells the engine the time, each minute, and has it do then what nobody waits for: snapshots, model epochs, scoring anew."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta

from kindred_common.clock import Clock, Ids
from kindred_common.contracts.record import Cause
from kindred_common.db.faults import is_transient
from kindred_common.db.transactions import Transactions
from kindred_common.messaging.positions import Overtaken
from kindred_common.observability.logging import get_logger
from kindred_matching.application.matchmaker import Matchmaker
from kindred_matching.application.ports import Caused
from kindred_matching.domain.inputs import ClockTicked, SliceScored
from kindred_matching.entrypoints.consumers import OpenStores

POLL_SECONDS = 0.5
SLICE = 250
"""How many customers are scored anew in one transaction after a model epoch has begun: a second at most."""

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
            if self._clock.now() >= due and await self._tried(self._tick):
                due = self._clock.now() + self._every
            await self._tried(self._hear_wishes)
            if self._matchmaker.scoring_anew and await self._tried(self._score_slice):
                await asyncio.sleep(0)
                continue
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), POLL_SECONDS)

    async def _tried(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Whether it went well; a writer that was overtaken is stopped by who holds the right."""
        try:
            await work()
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
        async with self._transactions.begin() as transaction:
            await self._matchmaker.begin_epoch(self._open_stores(transaction), self._cause())
        if self._matchmaker.snapshot_due:
            async with self._transactions.begin() as transaction:
                await self._matchmaker.keep_snapshot(self._open_stores(transaction))

    async def _hear_wishes(self) -> None:
        async with self._transactions.begin() as transaction:
            await self._matchmaker.hear_wishes(self._open_stores(transaction), self._cause())

    async def _score_slice(self) -> None:
        async with self._transactions.begin() as transaction:
            turn = Caused(SliceScored(SLICE), self._cause())
            await self._matchmaker.take(self._open_stores(transaction), [turn])

    def _cause(self) -> Cause:
        """The clock has no cause before it: each tick begins a chain of its own."""
        return Cause(correlation_id=str(self._ids()))
