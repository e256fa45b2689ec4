import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from libs.common.tests.messaging.conftest import Bench
from libs.common.tests.messaging.shown import shown
from sqlalchemy import text

from kindred_common.clock import Clock
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.due_jobs import (
    COUNT_EVERY,
    DueJob,
    DueJobs,
    schedule,
    schedule_once,
    unschedule,
)
from kindred_common.runtime.planning import keep_planned
from kindred_common.testing.clocks import FakeClock
from kindred_common.testing.waiting import eventually


class Work:
    """Notes each job in the database and fails when told to."""

    def __init__(self, bench: Bench, clock: Clock | None = None) -> None:
        self.bench = bench
        self.clock = clock or bench.clock
        self.failing = False
        self.jobs = DueJobs(
            {"note": self.note},
            bench.transactions,
            self.clock,
            bench.metrics,
            bench.health.loop("jobs"),
        )

    async def note(self, transaction: Transaction, job: DueJob) -> None:
        await transaction.connection.execute(
            text("INSERT INTO effect (customer) VALUES (:key)"), {"key": job.key}
        )
        if self.failing:
            raise ZeroDivisionError

    async def plan(self, key: str, *, after: timedelta = timedelta(0)) -> None:
        async with self.bench.transactions.begin() as transaction:
            await schedule(transaction, DueJob("note", key, self.clock.now() + after, {}))

    async def run_all(self) -> int:
        ran = 0
        while await self.jobs.run_one():
            ran += 1
        return ran

    async def noted(self) -> list[str]:
        async with self.bench.engine.connect() as connection:
            return [
                row.customer
                for row in await connection.execute(text("SELECT customer FROM effect ORDER BY id"))
            ]


@asynccontextmanager
async def running(jobs: DueJobs) -> AsyncIterator[None]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(jobs.run(stop))
        try:
            yield
        finally:
            stop.set()


async def pending(bench: Bench) -> dict[tuple[str, ...], float]:
    return shown(bench.metrics, "due_jobs_pending")


@pytest.fixture
def work(bench: Bench) -> Work:
    return Work(bench)


async def test_a_job_runs_once_when_it_is_due(bench: Bench, work: Work) -> None:
    await work.plan("now")
    await work.plan("tomorrow", after=timedelta(days=1))
    assert await work.run_all() == 1
    bench.clock.leap(timedelta(days=1))
    assert await work.run_all() == 1
    assert await work.run_all() == 0
    assert await work.noted() == ["now", "tomorrow"]


async def test_several_workers_share_the_jobs(work: Work) -> None:
    for number in range(20):
        await work.plan(str(number))
    await asyncio.gather(*(work.run_all() for _ in range(4)))
    assert sorted(await work.noted(), key=int) == [str(number) for number in range(20)]


async def test_a_failing_job_leaves_no_effect_and_is_tried_again_later(bench: Bench) -> None:
    still = FakeClock()
    work = Work(bench, still)
    work.failing = True
    await work.plan("shaky")
    assert await work.run_all() == 1
    assert await work.noted() == []
    work.failing = False
    assert await work.run_all() == 0
    still.advance(timedelta(seconds=3))
    assert await work.run_all() == 1
    assert await work.noted() == ["shaky"]


async def test_a_job_that_always_fails_is_given_up_and_stays_visible(
    bench: Bench, work: Work
) -> None:
    work.failing = True
    await work.plan("hopeless")
    ran = 0
    for _ in range(20):
        ran += await work.run_all()
        bench.clock.leap(timedelta(minutes=10))
    assert ran == 8
    async with running(work.jobs):
        await eventually(lambda: pending(bench), lambda seen: seen == {("note",): 1})
        work.failing = False
        await work.plan("hopeless")
        bench.clock.leap(COUNT_EVERY)
        await eventually(lambda: pending(bench), lambda seen: seen == {("note",): 0})


async def test_planning_moves_a_job_and_planning_once_does_not(bench: Bench, work: Work) -> None:
    await work.plan("a")
    await work.plan("a", after=timedelta(hours=1))
    async with bench.transactions.begin() as transaction:
        await schedule_once(transaction, DueJob("note", "a", bench.clock.now(), {}))
        await schedule_once(transaction, DueJob("note", "b", bench.clock.now(), {}))
        await schedule_once(transaction, DueJob("note", "c", bench.clock.now(), {}))
        await unschedule(transaction, "note", "c")
    await work.run_all()
    assert await work.noted() == ["b"]


async def test_work_that_plans_itself_is_planned_when_a_worker_starts(
    bench: Bench, work: Work
) -> None:
    stop = asyncio.Event()
    due = DueJob("note", "first", bench.clock.now(), {})

    async def noted() -> bool:
        await work.run_all()
        return await work.noted() == ["first"]

    async def plan() -> None:
        await keep_planned(bench.transactions, lambda: due)(stop)

    async with asyncio.TaskGroup() as group:
        planning = group.create_task(plan())
        await eventually(noted)
        assert not planning.done(), "a loop that ends by itself would end the worker"
        stop.set()
