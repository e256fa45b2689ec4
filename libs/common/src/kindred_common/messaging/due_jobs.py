"""Timed work: a row says what is due when; any worker takes it, once, by an injected clock."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_common.clock import Clock
from kindred_common.db.faults import is_transient
from kindred_common.db.transactions import Transaction, Transactions
from kindred_common.messaging.tables import due_job
from kindred_common.observability.health import LoopHealth
from kindred_common.observability.logging import get_logger
from kindred_common.observability.metrics import Metrics

POLL_SECONDS = 0.5
TRIES = 8
COUNT_EVERY = timedelta(seconds=5)
KEEP_DONE = timedelta(days=7)

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DueJob:
    """One piece of timed work: ``kind`` names the handler, ``key`` makes it unique within the kind."""

    kind: str
    key: str
    due_at: datetime
    payload: Mapping[str, Any]
    attempts: int = 0


JobHandler = Callable[[Transaction, DueJob], Awaitable[None]]
"""Does the work within the transaction that marks it done. A handler that schedules its own job again has it run again."""


async def schedule(transaction: Transaction, job: DueJob) -> None:
    """Plans a job, or moves it to a new moment when it is planned, done or failed already."""
    values = {
        "due_at": job.due_at,
        "payload": dict(job.payload),
        "attempts": 0,
        "done_at": None,
        "last_error": None,
    }
    statement = insert(due_job).values(kind=job.kind, key=job.key, **values)
    await transaction.connection.execute(
        statement.on_conflict_do_update(index_elements=["kind", "key"], set_=values)
    )


async def schedule_once(transaction: Transaction, job: DueJob) -> None:
    """Plans a job unless one of its kind and key was ever planned."""
    statement = insert(due_job).values(
        kind=job.kind, key=job.key, due_at=job.due_at, payload=dict(job.payload)
    )
    await transaction.connection.execute(statement.on_conflict_do_nothing())


async def unschedule(transaction: Transaction, kind: str, key: str) -> None:
    """Removes a job that is no longer wanted."""
    await transaction.connection.execute(
        delete(due_job).where(
            due_job.c.kind == kind, due_job.c.key == key, due_job.c.done_at.is_(None)
        )
    )


class DueJobs:
    """Runs what is due; several workers share the work by skipping rows that are locked."""

    def __init__(
        self,
        handlers: Mapping[str, JobHandler],
        transactions: Transactions,
        clock: Clock,
        metrics: Metrics,
        health: LoopHealth,
    ) -> None:
        self._handlers = handlers
        self._transactions = transactions
        self._clock = clock
        self._metrics = metrics
        self._health = health
        self._count_at = clock.now()

    async def run(self, stop: asyncio.Event) -> None:
        """Runs jobs until ``stop`` is set; a database that is away is waited for."""
        while not stop.is_set():
            try:
                while await self.run_one() and not stop.is_set():
                    self._health.tick()
                    await self._count()
                await self._count()
                self._health.set_ready(True)
            except Exception as error:
                if not is_transient(error):
                    raise
                self._health.set_ready(False, "database is away")
                _log.warning("due jobs interrupted", error=type(error).__name__)
            self._health.tick()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), POLL_SECONDS)

    async def run_one(self) -> bool:
        """Takes one due job, if there is one; tells whether there was."""
        job: DueJob | None = None
        try:
            async with self._transactions.begin() as transaction:
                job = await self._claim(transaction.connection)
                if job is None:
                    return False
                await _mark_done(transaction.connection, job, self._clock.now())
                await self._handlers[job.kind](transaction, job)
            self._metrics.due_jobs_total.labels(kind=job.kind, outcome="done").inc()
        except Exception as error:
            if job is None or is_transient(error):
                raise
            await self._postpone(job, type(error).__name__)
        return True

    async def _count(self) -> None:
        """Every few seconds: how much is due, also of what was given up."""
        now = self._clock.now()
        if now < self._count_at:
            return
        self._count_at = now + COUNT_EVERY
        async with self._transactions.begin() as transaction:
            pending = await pending_jobs(transaction.connection, now)
        for kind in self._handlers:
            self._metrics.due_jobs_pending.labels(kind=kind).set(pending.get(kind, 0))

    async def _claim(self, connection: AsyncConnection) -> DueJob | None:
        statement = (
            select(due_job)
            .where(
                due_job.c.done_at.is_(None),
                due_job.c.due_at <= self._clock.now(),
                due_job.c.kind.in_(list(self._handlers)),
                due_job.c.attempts < TRIES,
            )
            .order_by(due_job.c.due_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = (await connection.execute(statement)).mappings().one_or_none()
        if row is None:
            return None
        return DueJob(row["kind"], row["key"], row["due_at"], row["payload"], row["attempts"])

    async def _postpone(self, job: DueJob, error: str) -> None:
        """A job that failed is tried again later, ever later, and in the end left for a person to see."""
        attempts = job.attempts + 1
        outcome = "failed" if attempts >= TRIES else "retried"
        _log.error("job failed", kind=job.kind, error=error, attempt=attempts)
        self._metrics.due_jobs_total.labels(kind=job.kind, outcome=outcome).inc()
        due_at = self._clock.now() + timedelta(seconds=2**attempts)
        async with self._transactions.begin() as transaction:
            await transaction.connection.execute(
                update(due_job)
                .where(due_job.c.kind == job.kind, due_job.c.key == job.key)
                .values(attempts=attempts, due_at=due_at, last_error=error)
            )


async def _mark_done(connection: AsyncConnection, job: DueJob, now: datetime) -> None:
    await connection.execute(
        update(due_job)
        .where(due_job.c.kind == job.kind, due_job.c.key == job.key)
        .values(done_at=now)
    )


async def pending_jobs(connection: AsyncConnection, now: datetime) -> dict[str, int]:
    """How many jobs of each kind are due and not done."""
    statement = (
        select(due_job.c.kind, func.count().label("jobs"))
        .where(due_job.c.done_at.is_(None), due_job.c.due_at <= now)
        .group_by(due_job.c.kind)
    )
    return {row.kind: row.jobs for row in await connection.execute(statement)}
