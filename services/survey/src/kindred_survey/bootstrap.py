"""Puts the service together."""

from functools import partial

from fastapi import FastAPI

import kindred_survey
from kindred_common.contracts.topics import SURVEY_ANSWERS
from kindred_common.contracts.vocabulary import Service
from kindred_common.db.transactions import Transaction
from kindred_common.runtime.foundation import Foundation, Parts, ServiceDefinition
from kindred_common.runtime.operations import operations_router
from kindred_common.web.application import create_application
from kindred_survey.adapters.postgres_answers import PostgresAnswers
from kindred_survey.adapters.postgres_customers import PostgresCustomers
from kindred_survey.adapters.postgres_imports import PostgresImports
from kindred_survey.adapters.postgres_links import PostgresLinks
from kindred_survey.adapters.postgres_surveys import PostgresSurveys, PublishedVersions
from kindred_survey.adapters.sample_surveys import load_samples
from kindred_survey.application.ports import Stores
from kindred_survey.entrypoints.consumers import subscriptions
from kindred_survey.entrypoints.desk import Desk
from kindred_survey.entrypoints.http_answers import answers_router
from kindred_survey.entrypoints.http_imports import imports_router
from kindred_survey.entrypoints.http_links import links_router
from kindred_survey.entrypoints.http_own_answers import own_answers_router
from kindred_survey.entrypoints.http_surveys import surveys_router
from kindred_survey.entrypoints.pages import pages_router
from kindred_survey.entrypoints.problems import PROBLEMS
from kindred_survey.entrypoints.republish import answers_reader
from kindred_survey.settings import SurveySettings

DESCRIPTION = """
Defines surveys in versions, gives customers personal links to them, keeps their latest answers and tells the other
services what was answered. Free text never leaves this service.
"""


def assemble(foundation: Foundation[SurveySettings]) -> Parts:
    """Builds the parts of this service."""
    published = PublishedVersions(foundation.clock)

    def stores(transaction: Transaction) -> Stores:
        connection = transaction.connection
        return Stores(
            surveys=PostgresSurveys(transaction, published),
            answers=PostgresAnswers(connection),
            customers=PostgresCustomers(connection, foundation.clock),
            links=PostgresLinks(connection),
            imports=PostgresImports(connection),
            publish=partial(foundation.outbox.publish, transaction),
        )

    desk = Desk(
        foundation.transactions,
        stores,
        foundation.clock,
        foundation.ids,
        foundation.settings.http.pages,
    )
    return Parts(
        app=_application(foundation, desk),
        subscriptions=subscriptions(desk),
        republish={SURVEY_ANSWERS.name: answers_reader(desk)},
        gather_ms=50,
    )


def _application(foundation: Foundation[SurveySettings], desk: Desk) -> FastAPI:
    routers = [
        surveys_router(desk, load_samples()),
        links_router(desk),
        answers_router(desk),
        imports_router(desk),
        own_answers_router(desk),
        pages_router(desk, foundation.settings.company),
        operations_router(
            foundation.transactions, [SURVEY_ANSWERS], foundation.clock, foundation.ids
        ),
    ]
    return create_application(
        foundation.web, routers, title="Kindred survey", description=DESCRIPTION, problems=PROBLEMS
    )


SERVICE = ServiceDefinition(Service.SURVEY, kindred_survey, SurveySettings, assemble)
