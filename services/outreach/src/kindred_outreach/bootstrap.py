"""The composition root: builds outreach from its parts."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from fastapi import APIRouter

import kindred_outreach
from kindred_common.contracts.topics import MESSAGE_OUTCOMES
from kindred_common.contracts.vocabulary import Service
from kindred_common.db.transactions import Transaction
from kindred_common.runtime.foundation import Foundation, Parts, ServiceDefinition
from kindred_common.runtime.operations import operations_router
from kindred_common.web.application import create_application
from kindred_outreach.adapters.freshness import is_fresh
from kindred_outreach.adapters.letters.writer import TemplateLetters
from kindred_outreach.adapters.mime import Sender, compose
from kindred_outreach.adapters.outbox_publisher import OutboxPublisher
from kindred_outreach.adapters.postgres_messages import PostgresMessages
from kindred_outreach.adapters.postgres_pressure import PostgresContacts, PostgresSuppressions
from kindred_outreach.adapters.postgres_queries import PostgresQueries
from kindred_outreach.adapters.postgres_recipients import PostgresConsents, PostgresRecipients
from kindred_outreach.adapters.postgres_tasks import PostgresTasks
from kindred_outreach.adapters.republishing import outcome_pages
from kindred_outreach.adapters.smtp import Connection, SmtpServer
from kindred_outreach.adapters.unsubscribe_links import PersonalUnsubscribeLinks
from kindred_outreach.application.outcomes import TOLD, outcome
from kindred_outreach.application.ports import Stores
from kindred_outreach.application.prepare_message import PrepareMessage
from kindred_outreach.domain.letters import Mail
from kindred_outreach.domain.pressure import MONTHLY, SURVEYS, WEEKLY
from kindred_outreach.domain.quiet_hours import SUNDAY, QuietHours
from kindred_outreach.domain.rules import Policy
from kindred_outreach.entrypoints.consumers import Consumers
from kindred_outreach.entrypoints.desk import Desk
from kindred_outreach.entrypoints.dispatch import Dispatch
from kindred_outreach.entrypoints.http_bounces import bounces_router, status_router
from kindred_outreach.entrypoints.http_customers import customers_router
from kindred_outreach.entrypoints.http_messages import messages_router
from kindred_outreach.entrypoints.http_tasks import tasks_router
from kindred_outreach.entrypoints.sending import Sending
from kindred_outreach.entrypoints.unsubscribe import unsubscribe_router
from kindred_outreach.entrypoints.wiring import OpenStores
from kindred_outreach.settings import OutreachSettings

DESCRIPTION = "Sends every message to a customer, whoever asks for it, by one set of rules."


def assemble(foundation: Foundation[OutreachSettings]) -> Parts:
    """Builds the service on its foundation."""
    settings = foundation.settings
    open_stores = stores_on(foundation)
    policy = policy_of(settings)
    desk = Desk(
        foundation.transactions, open_stores, PostgresQueries, foundation.clock, foundation.ids
    )

    async def send(stop: asyncio.Event) -> None:
        sending = Sending(
            dispatch_of(foundation, open_stores, policy),
            PostgresQueries,
            settings.smtp.senders,
            foundation.metrics,
            foundation.health.loop("sending"),  # here, because an API process sends nothing
        )
        await sending.run(stop)

    return Parts(
        app=create_application(
            foundation.web,
            _routers(foundation, desk, policy),
            title="Outreach",
            description=DESCRIPTION,
        ),
        subscriptions=Consumers(open_stores, foundation.clock).subscriptions(),
        loops={"sending": send},
        republish={MESSAGE_OUTCOMES.name: outcome_pages(TOLD, outcome)},
        gather_ms=50,
    )


def dispatch_of(
    foundation: Foundation[OutreachSettings], open_stores: OpenStores, policy: Policy
) -> Dispatch:
    """The steps of sending, on the real mail server."""
    settings = foundation.settings
    letters = TemplateLetters(settings.company, settings.sender.postal_address)
    return Dispatch(
        transactions=foundation.transactions,
        open_stores=open_stores,
        is_fresh=is_fresh,
        prepare=PrepareMessage(policy, letters, settings.company, foundation.clock, foundation.ids),
        server=_mail_server(foundation),
        clock=foundation.clock,
        metrics=foundation.metrics,
    )


def stores_on(foundation: Foundation[OutreachSettings]) -> OpenStores:
    """Opens the stores of a transaction."""

    def open_stores(transaction: Transaction) -> Stores:
        return Stores(
            messages=PostgresMessages(transaction),
            recipients=PostgresRecipients(transaction),
            consents=PostgresConsents(transaction),
            contacts=PostgresContacts(transaction),
            suppressions=PostgresSuppressions(transaction),
            tasks=PostgresTasks(transaction),
            links=PersonalUnsubscribeLinks(transaction, foundation.settings.http.pages),
            publisher=OutboxPublisher(transaction, foundation.outbox),
        )

    return open_stores


def policy_of(settings: OutreachSettings) -> Policy:
    """The company's choices, from the settings."""
    contact, quiet = settings.contact, settings.quiet_hours
    limits = (
        replace(WEEKLY, most=contact.relationship_per_week),
        replace(MONTHLY, most=contact.relationship_per_month),
        replace(SURVEYS, most=contact.surveys_per_month),
    )
    if not quiet.enabled:
        return Policy(limits, None)
    closed = frozenset() if quiet.sunday else frozenset({SUNDAY})
    return Policy(limits, QuietHours(quiet.opens, quiet.closes, quiet.zone, closed))


def _mail_server(foundation: Foundation[OutreachSettings]) -> SmtpServer:
    smtp, sender = foundation.settings.smtp, foundation.settings.sender
    name = Sender(foundation.settings.company, sender.address)
    password = None if smtp.password is None else smtp.password.get_secret_value()
    connection = Connection(
        host=smtp.host,
        port=smtp.port,
        security=smtp.security,
        tls_ca=smtp.tls_ca,
        username=smtp.username,
        password=password,
        timeout_seconds=smtp.timeout_seconds,
    )

    def composed(mail: Mail) -> bytes:
        return compose(mail, name, foundation.clock.now())

    return SmtpServer(connection, sender.address, composed)


def _routers(
    foundation: Foundation[OutreachSettings], desk: Desk, policy: Policy
) -> Sequence[APIRouter]:
    return (
        messages_router(desk),
        customers_router(desk, policy),
        tasks_router(desk),
        bounces_router(desk),
        status_router(desk, is_fresh),
        unsubscribe_router(desk, foundation.settings.company),
        operations_router(
            foundation.transactions, [MESSAGE_OUTCOMES], foundation.clock, foundation.ids
        ),
    )


SERVICE = ServiceDefinition(
    service=Service.OUTREACH,
    package=kindred_outreach,
    settings=OutreachSettings,
    assemble=assemble,
)
