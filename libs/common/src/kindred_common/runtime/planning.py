"""Timed work that plans itself on: someone has to plan it the first time."""

import asyncio
import contextlib
from collections.abc import Callable

from kindred_common.db.faults import is_transient
from kindred_common.db.transactions import Transactions
from kindred_common.messaging.due_jobs import DueJob, schedule
from kindred_common.runtime.foundation import Loop

PATIENCE_SECONDS = 1.0


def keep_planned(transactions: Transactions, due: Callable[[], DueJob]) -> Loop:
    """Sees to it, when a worker starts, that the job which is ``due`` is planned; a database that is away is waited for."""

    async def plan(stop: asyncio.Event) -> None:
        while not stop.is_set() and not await _planned(transactions, due()):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), PATIENCE_SECONDS)
        await stop.wait()

    return plan


async def _planned(transactions: Transactions, job: DueJob) -> bool:
    try:
        async with transactions.begin() as transaction:
            await schedule(transaction, job)
    except Exception as error:
        if not is_transient(error):
            raise
        return False
    return True
