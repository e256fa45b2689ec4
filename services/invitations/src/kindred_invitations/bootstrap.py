"""The composition root: builds invitations from its parts."""

from collections.abc import Sequence

from fastapi import APIRouter

import kindred_invitations
from kindred_common.clock import Clock, Ids
from kindred_common.contracts.codec import Outgoing
from kindred_common.contracts.record import Cause
from kindred_common.contracts.topics import EVENT_CATALOGUE, INVITATION_RECORDS
from kindred_common.contracts.vocabulary import Service
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.held import arrived
from kindred_common.messaging.outbox import Outbox
from kindred_common.messaging.republish import PageReader
from kindred_common.runtime.foundation import Foundation, Parts, ServiceDefinition
from kindred_common.runtime.operations import operations_router
from kindred_common.web.application import create_application
from kindred_invitations.adapters.postgres_events import PostgresEvents
from kindred_invitations.adapters.postgres_guests import PostgresGuests
from kindred_invitations.adapters.postgres_invitations import PostgresInvitations
from kindred_invitations.adapters.postgres_lists import PostgresInvitationLists
from kindred_invitations.adapters.postgres_matters import PostgresMatters
from kindred_invitations.adapters.postgres_messages import PostgresMessages
from kindred_invitations.adapters.postgres_projections import PostgresProjections
from kindred_invitations.adapters.postgres_read_model import PostgresReadModel
from kindred_invitations.adapters.reply_links import ReplyLinks
from kindred_invitations.adapters.republishing import event_pages, invitation_pages
from kindred_invitations.application.ports import Ports
from kindred_invitations.application.records import event_listed, invitation_changed
from kindred_invitations.domain.event import Event
from kindred_invitations.domain.invitation import Invitation
from kindred_invitations.entrypoints.access import Audit
from kindred_invitations.entrypoints.acting import InvitationActs
from kindred_invitations.entrypoints.consumers import Consumers
from kindred_invitations.entrypoints.desk import Desk, Reading
from kindred_invitations.entrypoints.http_acts import invitation_acts_router
from kindred_invitations.entrypoints.http_approvals import approvals_router
from kindred_invitations.entrypoints.http_customers import customers_router
from kindred_invitations.entrypoints.http_events import events_router
from kindred_invitations.entrypoints.http_invitations import invitations_router
from kindred_invitations.entrypoints.http_my_day import my_day_router
from kindred_invitations.entrypoints.outside import Outside
from kindred_invitations.entrypoints.problems import PROBLEMS
from kindred_invitations.entrypoints.reply_page import reply_router
from kindred_invitations.settings import InvitationsSettings

DESCRIPTION = (
    "The event catalogue, the guest lists and their seats, replies and attendance; and for account managers each customer "
    "one on one and the day's most valuable decisions."
)


def assemble(foundation: Foundation[InvitationsSettings]) -> Parts:
    """Builds the service on its foundation."""
    desk = _desk(foundation)
    return Parts(
        app=create_application(
            foundation.web,
            _routers(foundation, desk),
            title="Invitations",
            description=DESCRIPTION,
            problems=PROBLEMS,
        ),
        subscriptions=(
            *Outside(desk).subscriptions(),
            *Consumers(desk, _projections).subscriptions(),
        ),
        republish=_republish(foundation.ids),
        gather_ms=50,
    )


def ports_on(transaction: Transaction, outbox: Outbox, clock: Clock, ids: Ids, pages: str) -> Ports:
    """Binds the ports to a transaction; ``pages`` is the address that guests' links begin with."""
    connection = transaction.connection

    async def publish(records: Sequence[Outgoing]) -> None:
        await outbox.publish(transaction, records)

    async def announce(references: Sequence[str]) -> None:
        await arrived(transaction, references)

    return Ports(
        events=PostgresEvents(connection),
        invitations=PostgresInvitations(connection),
        messages=PostgresMessages(connection),
        guests=PostgresGuests(connection),
        links=ReplyLinks(connection, clock, pages),
        publish=publish,
        announce=announce,
        clock=clock,
        ids=ids,
    )


def _desk(foundation: Foundation[InvitationsSettings]) -> Desk:
    pages = foundation.settings.http.pages

    def ports(transaction: Transaction) -> Ports:
        return ports_on(transaction, foundation.outbox, foundation.clock, foundation.ids, pages)

    return Desk(
        transactions=foundation.transactions,
        ports=ports,
        reading=_reading,
        clock=foundation.clock,
        ids=foundation.ids,
    )


def _reading(transaction: Transaction) -> Reading:
    connection = transaction.connection
    return Reading(
        PostgresReadModel(connection),
        PostgresInvitationLists(connection),
        PostgresMatters(connection),
    )


def _projections(transaction: Transaction) -> PostgresProjections:
    return PostgresProjections(transaction.connection)


def _routers(foundation: Foundation[InvitationsSettings], desk: Desk) -> Sequence[APIRouter]:
    audit = Audit(foundation.clock, foundation.ids)
    acts = InvitationActs(desk, audit)
    settings = foundation.settings

    def links(transaction: Transaction) -> ReplyLinks:
        return ReplyLinks(transaction.connection, foundation.clock, settings.http.pages)

    return (
        events_router(desk, audit),
        invitations_router(desk, audit),
        invitation_acts_router(acts),
        approvals_router(acts),
        customers_router(desk, audit),
        my_day_router(desk, audit),
        reply_router(desk, links, settings.company),
        operations_router(
            foundation.transactions,
            [EVENT_CATALOGUE, INVITATION_RECORDS],
            foundation.clock,
            foundation.ids,
        ),
    )


def _republish(ids: Ids) -> dict[str, PageReader]:
    """What is said again follows from the request to say it, so each page begins a chain of its own."""

    def listed(event: Event) -> Outgoing:
        return event_listed(event, Cause(str(ids())))

    def changed(invitation: Invitation, event: Event) -> Outgoing:
        return invitation_changed(invitation, event, Cause(str(ids())))

    return {
        EVENT_CATALOGUE.name: event_pages(listed),
        INVITATION_RECORDS.name: invitation_pages(changed),
    }


SERVICE = ServiceDefinition(
    service=Service.INVITATIONS,
    package=kindred_invitations,
    settings=InvitationsSettings,
    assemble=assemble,
)
