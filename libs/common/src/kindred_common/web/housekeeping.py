"""Forgets what the web kept for a time: answers to repeated requests, links long expired."""

import asyncio
import contextlib
from datetime import timedelta

from kindred_common.clock import Clock
from kindred_common.db.faults import is_transient
from kindred_common.db.transactions import Transactions
from kindred_common.observability.health import LoopHealth
from kindred_common.observability.logging import get_logger
from kindred_common.security.personal_links import PersonalLinks
from kindred_common.web.idempotency import purge_idempotency_keys

EVERY_SECONDS = 60.0
STALL_AFTER = timedelta(minutes=5)

_log = get_logger(__name__)


class Housekeeping:
    """A loop of the worker. Nothing waits for it, so it never makes a process unready."""

    def __init__(self, transactions: Transactions, clock: Clock, health: LoopHealth) -> None:
        self._transactions = transactions
        self._clock = clock
        self._health = health

    async def run(self, stop: asyncio.Event) -> None:
        """Tidies every minute until ``stop``; a database that is away is left for the next time."""
        self._health.set_ready(True)
        while not stop.is_set():
            try:
                await self.tidy()
            except Exception as error:
                if not is_transient(error):
                    raise
                _log.warning("housekeeping interrupted", error=type(error).__name__)
            self._health.tick()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY_SECONDS)

    async def tidy(self) -> None:
        """Goes round once."""
        now = self._clock.now()
        async with self._transactions.begin() as transaction:
            await purge_idempotency_keys(transaction.connection, now)
            await PersonalLinks(transaction.connection).purge(now)
