"""The composition root: builds feedback from its parts."""

import kindred_feedback
from kindred_common.contracts.topics import EXPERIENCE_FEEDBACK
from kindred_common.contracts.vocabulary import Service
from kindred_common.db.transactions import Transaction
from kindred_common.runtime.foundation import Foundation, Parts, ServiceDefinition
from kindred_common.runtime.operations import operations_router
from kindred_common.web.application import create_application
from kindred_common.web.context import ProblemMap
from kindred_feedback.adapters.current_truth import feedback_pages
from kindred_feedback.adapters.postgres_directory import PostgresDirectory
from kindred_feedback.adapters.postgres_feedbacks import PostgresFeedbacks
from kindred_feedback.adapters.postgres_guests import PostgresGuests
from kindred_feedback.adapters.ties import ASK, DuePlanner, OutboxPublisher, PersonalPages
from kindred_feedback.application.ports import Stores
from kindred_feedback.domain.errors import UnknownEvent, UnknownLink
from kindred_feedback.entrypoints.consumers import subscriptions
from kindred_feedback.entrypoints.desk import Desk
from kindred_feedback.entrypoints.http_feedback import feedback_router, own_feedback_router
from kindred_feedback.entrypoints.jobs import asking
from kindred_feedback.entrypoints.page import page_router
from kindred_feedback.settings import FeedbackSettings

DESCRIPTION = """
Asks each guest after the moment whether all was as wished, how it was, and whether it was what he expected; keeps what he
says and tells the other services. His own words never leave this service.
"""
PROBLEMS: ProblemMap = {UnknownLink: (404, "unknown-link"), UnknownEvent: (404, "unknown-event")}


def assemble(foundation: Foundation[FeedbackSettings]) -> Parts:
    """Builds the service on its foundation."""
    desk = _desk(foundation)
    operations = operations_router(
        foundation.transactions, [EXPERIENCE_FEEDBACK], foundation.clock, foundation.ids
    )
    routers = [page_router(desk), own_feedback_router(desk), feedback_router(desk), operations]
    return Parts(
        app=create_application(
            foundation.web,
            routers,
            title="Kindred feedback",
            description=DESCRIPTION,
            problems=PROBLEMS,
        ),
        subscriptions=subscriptions(desk),
        jobs={ASK: asking(desk)},
        republish={EXPERIENCE_FEEDBACK.name: feedback_pages()},
        gather_ms=50,
    )


def _desk(foundation: Foundation[FeedbackSettings]) -> Desk:
    settings = foundation.settings

    def open_stores(transaction: Transaction) -> Stores:
        connection = transaction.connection
        return Stores(
            guests=PostgresGuests(connection),
            feedbacks=PostgresFeedbacks(connection),
            directory=PostgresDirectory(connection),
            links=PersonalPages(transaction, settings.http.pages),
            planner=DuePlanner(transaction),
            publisher=OutboxPublisher(transaction, foundation.outbox),
            ids=foundation.ids,
        )

    return Desk(
        transactions=foundation.transactions,
        open=open_stores,
        clock=foundation.clock,
        ids=foundation.ids,
        ask_after=settings.ask_after,
        open_for=settings.open_for,
        company=settings.company,
    )


SERVICE = ServiceDefinition(
    service=Service.FEEDBACK,
    package=kindred_feedback,
    settings=FeedbackSettings,
    assemble=assemble,
)
