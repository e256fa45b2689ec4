"""Timed work: the sweep that finds, beside the stream, what no single record shows."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from kindred_common.clock import Clock
from kindred_common.db.transactions import AfterCommit, Transaction, Transactions
from kindred_common.messaging.due_jobs import DueJob, JobHandler, schedule
from kindred_common.observability.metrics import Metrics
from kindred_common.runtime.foundation import Loop
from kindred_common.runtime.planning import keep_planned
from kindred_profile.application.ports import Stores
from kindred_profile.application.sweep import sweep
from kindred_profile.application.track_responses import give_up_waiting
from kindred_profile.domain.found import Found

SWEEP = "sweep"
EVERY = timedelta(minutes=1)
AT_ONCE = 200


def sweep_job(
    stores_of: Callable[[Transaction], Stores], clock: Clock, metrics: Metrics
) -> JobHandler:
    """Sweeps once a minute, and again at once while there is more than one turn takes."""

    async def run(transaction: Transaction, job: DueJob) -> None:
        stores, now = stores_of(transaction), clock.now()
        swept = await sweep(stores, now, AT_ONCE)
        expired = await give_up_waiting(stores, now, AT_ONCE)
        more = max(swept.customers, expired) == AT_ONCE
        following = DueJob(SWEEP, job.key, now if more else now + EVERY, {})
        await schedule(transaction, following)
        transaction.after_commit("swept", _counting(swept.asked, metrics))

    return run


def plan_sweep(transactions: Transactions, clock: Clock) -> Loop:
    """Sees to it that the sweep is planned."""
    return keep_planned(transactions, lambda: DueJob(SWEEP, "profile", clock.now(), {}))


def _counting(asked: Sequence[Found], metrics: Metrics) -> AfterCommit:
    async def count() -> None:
        for found in asked:
            metrics.rematch_requests_total.labels(reason=found.reason).inc()

    return count
