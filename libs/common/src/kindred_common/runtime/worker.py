"""The background work of a service: consuming, relaying, timed jobs and its own loops."""

import asyncio
from collections.abc import Mapping
from functools import partial

from kindred_common.messaging.consumer import Consumer
from kindred_common.messaging.due_jobs import DueJobs
from kindred_common.messaging.intake import Intake
from kindred_common.messaging.kafka import create_consumer, create_producer
from kindred_common.messaging.relay import Relay
from kindred_common.messaging.republish import REPUBLISH, republish_job
from kindred_common.observability.health import LoopHealth
from kindred_common.runtime.foundation import Foundation, Loop, Parts, S
from kindred_common.web.housekeeping import STALL_AFTER, Housekeeping


class LoopLost(Exception):  # noqa: N818 - names what was seen
    """A loop was cancelled though nobody asked for it; the process ends, and is started again by whoever looks after it."""


def worker_loops(foundation: Foundation[S], parts: Parts) -> Mapping[str, Loop]:
    """The loops of the worker process by name; they share nothing but the database."""
    loops: dict[str, Loop] = {
        "relay": _relay(foundation).run,
        "housekeeping": _housekeeping(foundation).run,
    }
    if parts.subscriptions:
        health = foundation.health.loop("consumer")
        consume: Loop = _consumer(foundation, parts, health).run
        loops["consumer"] = partial(parts.gate, consume, health) if parts.gate else consume
    jobs = dict(parts.jobs)
    if parts.republish:
        jobs[REPUBLISH] = republish_job(parts.republish, foundation.outbox, foundation.clock)
    if jobs:
        health = foundation.health.loop("jobs")
        due = DueJobs(jobs, foundation.transactions, foundation.clock, foundation.metrics, health)
        loops["jobs"] = due.run
    return loops | dict(parts.loops)


async def run_loops(loops: Mapping[str, Loop], stop: asyncio.Event) -> None:
    """Runs all loops until ``stop``; when one fails, all end and the failure is raised.

    Raises:
        LoopLost: one was ended by a cancellation that nobody asked for.
    """
    async with asyncio.TaskGroup() as group:
        for name, loop in loops.items():
            group.create_task(_run_loop(name, loop, stop), name=name)


async def _run_loop(name: str, loop: Loop, stop: asyncio.Event) -> None:
    try:
        await loop(stop)
    except asyncio.CancelledError:
        # A library may let a cancellation of its own out: the group would take it for the loop's end, and go on without it.
        task = asyncio.current_task()
        if task is not None and not task.cancelling():
            raise LoopLost(name) from None
        raise


def _relay(foundation: Foundation[S]) -> Relay:
    kafka = foundation.settings.kafka
    return Relay(
        foundation.service,
        foundation.engine,
        partial(create_producer, kafka, client_id=f"kindred-{foundation.service}-relay"),
        kafka,
        foundation.waker,
        foundation.clock,
        foundation.metrics,
        foundation.health.loop("relay"),
    )


def _housekeeping(foundation: Foundation[S]) -> Housekeeping:
    health = foundation.health.loop("housekeeping", stall_after=STALL_AFTER)
    return Housekeeping(foundation.transactions, foundation.clock, health)


def _consumer(foundation: Foundation[S], parts: Parts, health: LoopHealth) -> Consumer:
    kafka = foundation.settings.kafka
    intake = Intake(
        str(foundation.service),
        parts.subscriptions,
        foundation.transactions,
        foundation.outbox,
        foundation.clock,
        foundation.metrics,
    )
    return Consumer(
        intake,
        partial(
            create_consumer, kafka, group=f"kindred-{foundation.service}", gather_ms=parts.gather_ms
        ),
        kafka,
        foundation.clock,
        foundation.metrics,
        health,
    )
