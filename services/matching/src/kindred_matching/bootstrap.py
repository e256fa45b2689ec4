"""Puts the service together."""

import asyncio
from collections.abc import Coroutine
from functools import partial

from fastapi import FastAPI

import kindred_matching
from kindred_common.contracts.topics import CUSTOMER_MATCHES
from kindred_common.contracts.vocabulary import Service
from kindred_common.db.transactions import Transaction
from kindred_common.observability.health import LoopHealth
from kindred_common.runtime.foundation import Foundation, Gate, Loop, Parts, ServiceDefinition
from kindred_common.runtime.operations import operations_router
from kindred_common.runtime.worker import run_loops
from kindred_common.web.application import create_application
from kindred_matching.adapters.observation import MeasuredObserver
from kindred_matching.adapters.postgres_journal import PostgresJournal
from kindred_matching.adapters.postgres_projections import PostgresProjections
from kindred_matching.adapters.postgres_readings import PostgresReadings
from kindred_matching.adapters.postgres_requests import PostgresEpochRequests
from kindred_matching.adapters.postgres_wishes import PostgresWishes
from kindred_matching.adapters.region_files import read_regions
from kindred_matching.adapters.replica_process import ReplicaProcess
from kindred_matching.adapters.republish import read_matches
from kindred_matching.adapters.theme_files import read_taxonomy
from kindred_matching.adapters.writership import Epoch, Writership
from kindred_matching.application.matchmaker import Matchmaker
from kindred_matching.application.ports import Stores
from kindred_matching.domain.taxonomy import Taxonomy
from kindred_matching.entrypoints.consumers import subscriptions
from kindred_matching.entrypoints.http_demand import Country, demand_router
from kindred_matching.entrypoints.http_draws import draws_router
from kindred_matching.entrypoints.http_engine import engine_router
from kindred_matching.entrypoints.http_epochs import epochs_router
from kindred_matching.entrypoints.http_matches import matches_router
from kindred_matching.entrypoints.http_themes import themes_router
from kindred_matching.entrypoints.http_what_if import PlanningDesk, what_if_router
from kindred_matching.entrypoints.http_wishes import WishDesk, wishes_router
from kindred_matching.entrypoints.jobs import EPOCH, epoch_job, plan_epochs
from kindred_matching.entrypoints.ticker import Ticker
from kindred_matching.entrypoints.wording import labels_of
from kindred_matching.settings import MatchingSettings

DESCRIPTION = """
Compares every customer with every event, chooses within seats, invitations per customer, agendas and hospitality rules, and
explains each choice and each refusal. It proposes; the invitations service decides.
"""


PATIENCE = 4
"""How many leases a transaction may stand still: a large batch takes longer to work out than a sign of life."""


def assemble(foundation: Foundation[MatchingSettings]) -> Parts:
    """Builds the parts of this service."""
    chosen = foundation.settings.matching
    taxonomy = read_taxonomy(chosen.themes)
    epoch = Epoch()

    def stores(transaction: Transaction) -> Stores:
        connection = transaction.connection
        return Stores(
            journal=PostgresJournal(connection, epoch.number, PATIENCE * chosen.lease),
            projections=PostgresProjections(connection),
            requests=PostgresEpochRequests(connection),
            wishes=PostgresWishes(connection),
            publish=partial(foundation.outbox.publish, transaction),
        )

    replicas = ReplicaProcess(foundation.settings.database)
    observer = MeasuredObserver(foundation.metrics)
    matchmaker = Matchmaker(
        chosen.rules(taxonomy.tree),
        foundation.clock,
        observer,
        snapshot_every=chosen.snapshot_every,
    )
    ticker = Ticker(
        matchmaker,
        foundation.transactions,
        stores,
        foundation.clock,
        foundation.ids,
        chosen.tick,
    )
    return Parts(
        app=_application(foundation, taxonomy, replicas),
        subscriptions=subscriptions(matchmaker, stores, observer),
        jobs={
            EPOCH: epoch_job(_open_readings, _open_requests, foundation.clock, chosen.epoch_after)
        },
        loops={"epoch-plan": plan_epochs(foundation.transactions, foundation.clock)},
        republish={CUSTOMER_MATCHES.name: read_matches},
        gate=_gate(foundation, epoch, ticker),
        close=replicas.close,
    )


def _open_readings(transaction: Transaction) -> PostgresReadings:
    return PostgresReadings(transaction.connection)


def _open_requests(transaction: Transaction) -> PostgresEpochRequests:
    return PostgresEpochRequests(transaction.connection)


def _gate(foundation: Foundation[MatchingSettings], epoch: Epoch, ticker: Ticker) -> Gate:
    """Lets the writer consume and tick; a standby waits, and is well."""

    async def run(consume: Loop, consumer: LoopHealth, stop: asyncio.Event) -> None:
        async def work(over: asyncio.Event) -> None:
            await _while_ticking(ticker.begin(), consumer)
            await run_loops({"consumer": consume, "ticker": ticker.run}, over)

        def wait() -> None:
            consumer.tick()
            consumer.set_ready(True)

        lease, writer = foundation.settings.matching.lease, foundation.health.loop("writer")
        await Writership(foundation.engine, lease, epoch, writer).hold(stop, work, wait)

    return run


async def _while_ticking(beginning: Coroutine[None, None, None], health: LoopHealth) -> None:
    """Rebuilding a large memory takes longer than a loop may stand still; the consumer begins after it."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(beginning)
        while not task.done():
            health.tick()
            health.set_ready(False, "takes up the work")
            await asyncio.wait([task], timeout=5)


def _application(
    foundation: Foundation[MatchingSettings], taxonomy: Taxonomy, replicas: ReplicaProcess
) -> FastAPI:
    chosen = foundation.settings.matching
    regions = read_regions(chosen.regions)
    planning = _planning(foundation, replicas)
    routers = [
        matches_router(
            foundation.transactions,
            _open_readings,
            replicas,
            labels_of(taxonomy),
            foundation.clock,
            foundation.ids,
        ),
        engine_router(
            foundation.transactions,
            _open_readings,
            replicas,
            foundation.clock,
        ),
        wishes_router(
            WishDesk(
                foundation.transactions,
                _open_readings,
                lambda transaction: PostgresWishes(transaction.connection),
                replicas,
                foundation.clock,
                foundation.ids,
            )
        ),
        what_if_router(planning),
        demand_router(planning, Country(labels_of(taxonomy), regions, chosen.zone)),
        draws_router(
            foundation.transactions, _open_readings, replicas, foundation.clock, foundation.ids
        ),
        themes_router(taxonomy),
        epochs_router(
            foundation.transactions,
            _open_readings,
            _open_requests,
            foundation.clock,
            foundation.ids,
        ),
        operations_router(
            foundation.transactions, [CUSTOMER_MATCHES], foundation.clock, foundation.ids
        ),
    ]
    return create_application(
        foundation.web, routers, title="Kindred matching", description=DESCRIPTION
    )


def _planning(foundation: Foundation[MatchingSettings], replicas: ReplicaProcess) -> PlanningDesk:
    return PlanningDesk(
        foundation.transactions, _open_readings, replicas, foundation.clock, foundation.ids
    )


SERVICE = ServiceDefinition(Service.MATCHING, kindred_matching, MatchingSettings, assemble)
