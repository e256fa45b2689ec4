"""What a service is built on, and what it consists of."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from types import ModuleType
from typing import Generic, TypeVar

from fastapi import FastAPI
from sqlalchemy import QueuePool
from sqlalchemy.ext.asyncio import AsyncEngine

from kindred_common.clock import Clock, Ids, SystemClock, new_id
from kindred_common.contracts.vocabulary import Service
from kindred_common.db.engine import create_engine
from kindred_common.db.transactions import Transactions
from kindred_common.messaging.due_jobs import JobHandler
from kindred_common.messaging.outbox import Outbox, RelayWaker
from kindred_common.messaging.republish import PageReader
from kindred_common.messaging.subscription import Subscription
from kindred_common.observability.health import Health, LoopHealth
from kindred_common.observability.metrics import Metrics
from kindred_common.runtime.settings import ServiceSettings
from kindred_common.security.authenticator import Authenticator
from kindred_common.web.context import PublicLimits, WebContext

S = TypeVar("S", bound=ServiceSettings)

Loop = Callable[[asyncio.Event], Awaitable[None]]
"""Work that goes on until the event is set."""


@dataclass(frozen=True, slots=True)
class Foundation(Generic[S]):
    """The parts that every service gets: settings, clock, database, outbox, metrics and health."""

    service: Service
    settings: S
    clock: Clock
    ids: Ids
    engine: AsyncEngine
    transactions: Transactions
    waker: RelayWaker
    outbox: Outbox
    metrics: Metrics
    health: Health
    web: WebContext


Gate = Callable[[Loop, LoopHealth, asyncio.Event], Awaitable[None]]
"""Runs a loop only while it may; speaks for its health the rest of the time."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a service consists of, as its bootstrap assembles it.

    ``jobs`` are handlers of timed work by kind; ``loops`` further background work by name, run in the worker;
    ``republish`` the readers of current truth by topic name. ``gate`` lets the consumer's loop run, for a service of which
    only one process at a time may consume. ``gather_ms`` is how long records may be kept back so that they are taken
    together, which costs a fraction: for a service whose records nobody waits for to the millisecond. ``close`` is called when
    all of it has stopped.
    """

    app: FastAPI
    subscriptions: Sequence[Subscription] = ()
    jobs: Mapping[str, JobHandler] = field(default_factory=dict)
    loops: Mapping[str, Loop] = field(default_factory=dict)
    republish: Mapping[str, PageReader] = field(default_factory=dict)
    gate: Gate | None = None
    gather_ms: int = 0
    close: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class ServiceDefinition(Generic[S]):
    """A service as its ``__main__`` declares it: its package, settings, and how its parts are assembled.

    ``processes`` are further processes of the service by name, each a set of loops that share a foundation.
    """

    service: Service
    package: ModuleType
    settings: type[S]
    assemble: Callable[[Foundation[S]], Parts]
    processes: Mapping[str, Callable[[Foundation[S]], Mapping[str, Loop]]] = field(
        default_factory=dict
    )


def lay_foundation(
    service: Service, settings: S, *, clock: Clock | None = None, ids: Ids = new_id
) -> Foundation[S]:
    """Opens what a service stands on; nothing is connected before it is used."""
    moment = clock or SystemClock(settings.clock_offset)
    engine = create_engine(settings.database, application=f"kindred-{service}")
    waker = RelayWaker()
    metrics = Metrics()
    if isinstance(engine.pool, QueuePool):
        metrics.db_pool_in_use.set_function(engine.pool.checkedout)
    health = Health(moment, metrics)
    return Foundation(
        service=service,
        settings=settings,
        clock=moment,
        ids=ids,
        engine=engine,
        transactions=Transactions(engine),
        waker=waker,
        outbox=Outbox(waker, moment, ids),
        metrics=metrics,
        health=health,
        web=WebContext(
            service=str(service),
            version=version("kindred-common"),
            clock=moment,
            authenticator=Authenticator.from_settings(settings.security, moment),
            metrics=metrics,
            health=health,
            ids=ids,
            public_limits=PublicLimits(
                client_burst=settings.http.public_client_burst,
                client_per_second=settings.http.public_client_per_second,
            ),
        ),
    )
