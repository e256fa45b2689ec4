"""Timed work: at night what was learned comes into use."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from kindred_common.clock import Clock
from kindred_common.db.transactions import Transaction, Transactions
from kindred_common.messaging.due_jobs import DueJob, JobHandler, schedule
from kindred_common.runtime.foundation import Loop
from kindred_common.runtime.planning import keep_planned
from kindred_matching.application.ask_epoch import ask_at_night
from kindred_matching.application.ports import EpochRequests
from kindred_matching.application.queries import Readings

EPOCH = "model-epoch"
HOUR = time(3, tzinfo=UTC)


def next_night(now: datetime) -> datetime:
    """The next time that it is :data:`HOUR`."""
    tonight = datetime.combine(now.astimezone(UTC).date(), HOUR)
    return tonight if tonight > now else tonight + timedelta(days=1)


def epoch_job(
    open_readings: Callable[[Transaction], Readings],
    open_requests: Callable[[Transaction], EpochRequests],
    clock: Clock,
    enough: int,
) -> JobHandler:
    """Asks for a model epoch each night on which enough was learned."""

    async def run(transaction: Transaction, job: DueJob) -> None:
        now = clock.now()
        await ask_at_night(open_readings(transaction), open_requests(transaction), enough, now)
        await schedule(transaction, DueJob(EPOCH, job.key, next_night(now), {}))

    return run


def plan_epochs(transactions: Transactions, clock: Clock) -> Loop:
    """Sees to it that the next night is planned."""
    return keep_planned(
        transactions, lambda: DueJob(EPOCH, "matching", next_night(clock.now()), {})
    )
