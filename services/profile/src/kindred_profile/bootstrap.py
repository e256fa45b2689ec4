"""Puts the service together."""

from collections.abc import Mapping, Sequence

import kindred_profile
from kindred_common.contracts.topics import CUSTOMER_DETAILS, CUSTOMER_PROFILES
from kindred_common.contracts.vocabulary import Service
from kindred_common.runtime.foundation import Foundation, Loop, Parts, ServiceDefinition
from kindred_common.runtime.operations import operations_router
from kindred_common.web.application import create_application
from kindred_profile.adapters.current_truth import details_reader, profiles_reader
from kindred_profile.adapters.postgres_imports import PostgresImports
from kindred_profile.adapters.postgres_readings import PostgresReadings
from kindred_profile.adapters.stores import stores_on
from kindred_profile.application.request_rematch import request_rematch
from kindred_profile.domain import errors
from kindred_profile.domain.found import Found
from kindred_profile.entrypoints.consumers import subscriptions
from kindred_profile.entrypoints.desk import Desk
from kindred_profile.entrypoints.http_accounts import accounts_router
from kindred_profile.entrypoints.http_customers import customers_router
from kindred_profile.entrypoints.http_imports import imports_router
from kindred_profile.entrypoints.http_profile import profile_router
from kindred_profile.entrypoints.jobs import SWEEP, plan_sweep, sweep_job
from kindred_profile.entrypoints.stream.agents import add_live_signals, add_watching
from kindred_profile.entrypoints.stream.app import create_app
from kindred_profile.entrypoints.stream.process import StreamProcess
from kindred_profile.entrypoints.stream.watching import Watcher
from kindred_profile.settings import ProfileSettings

DESCRIPTION = """
Accounts, customers, consents and everything observed of customers; publishes the profile stream.
"""

PROBLEMS: dict[type[Exception], tuple[int, str]] = {
    errors.UnknownCustomer: (404, "unknown-customer"),
    errors.UnknownAccount: (404, "unknown-account"),
    errors.AlreadyKnown: (409, "already-known"),
    errors.IdentityTaken: (409, "name-taken"),
    errors.Outdated: (412, "precondition-failed"),
    errors.WrongFact: (422, "wrong-input"),
}


def assemble(foundation: Foundation[ProfileSettings]) -> Parts:
    """The parts of the service on its foundation."""
    transactions, clock, ids = foundation.transactions, foundation.clock, foundation.ids
    stores_of = stores_on(foundation.outbox, clock)
    desk = Desk(
        transactions,
        stores_of,
        lambda transaction: PostgresReadings(transaction.connection),
        lambda transaction: PostgresImports(transaction.connection),
        clock,
        ids,
    )
    republished = (CUSTOMER_PROFILES, CUSTOMER_DETAILS)
    app = create_application(
        foundation.web,
        [
            accounts_router(desk),
            customers_router(desk),
            profile_router(desk),
            imports_router(desk),
            operations_router(transactions, republished, clock, ids),
        ],
        title="Kindred profile",
        description=DESCRIPTION,
        problems=PROBLEMS,
    )
    return Parts(
        app,
        subscriptions=subscriptions(stores_of, clock),
        jobs={SWEEP: sweep_job(stores_of, clock, foundation.metrics)},
        loops={"sweep-plan": plan_sweep(transactions, clock)},
        republish={
            CUSTOMER_PROFILES.name: profiles_reader(ids),
            CUSTOMER_DETAILS.name: details_reader(ids),
        },
    )


def assemble_stream(foundation: Foundation[ProfileSettings]) -> Mapping[str, Loop]:
    """The process that watches facts go by and says when to look at a customer again."""
    stores_of = stores_on(foundation.outbox, foundation.clock)

    async def ask(found: Sequence[Found]) -> None:
        async with foundation.transactions.begin() as transaction:
            await request_rematch(stores_of(transaction), found, foundation.clock.now())

    kafka = foundation.settings.kafka
    app = create_app(kafka)
    add_watching(app, kafka, Watcher(ask, foundation.clock))
    add_live_signals(app, kafka, foundation.clock)
    return {"stream": StreamProcess(app, foundation.health.loop("stream")).run}


SERVICE = ServiceDefinition(
    Service.PROFILE,
    kindred_profile,
    ProfileSettings,
    assemble,
    processes={"stream": assemble_stream},
)
