"""Records from other services and systems become commands."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from kindred_common.contracts.codec import Received
from kindred_common.contracts.external import ExternalAnswers
from kindred_common.contracts.identity import customer_id_of
from kindred_common.contracts.outreach import MessageOutcome
from kindred_common.contracts.profile import CustomerDetails
from kindred_common.contracts.record import Record
from kindred_common.contracts.survey import Answer, AnswerKind
from kindred_common.contracts.topics import CUSTOMER_DETAILS, EXTERNAL_ANSWERS, MESSAGE_OUTCOMES
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.subscription import Refusals, Subscription
from kindred_common.messaging.verdicts import NotApplied, Rejected
from kindred_survey.application.follow_messages import follow_messages
from kindred_survey.application.learn_customers import learn_customers
from kindred_survey.application.take_external_answers import (
    ExternalResponse,
    check_external,
    take_external_answers,
)
from kindred_survey.domain.errors import WrongAnswer
from kindred_survey.domain.questions import QuestionKind
from kindred_survey.domain.statements import Statement
from kindred_survey.entrypoints.desk import Desk

EXTERNAL = "external"

Batch = Sequence[Received[Record]]


def subscriptions(desk: Desk) -> Sequence[Subscription]:
    """What this service reads."""

    async def external_answers(transaction: Transaction, records: Batch) -> Refusals:
        now = desk.clock.now()
        responses: list[ExternalResponse] = []
        refusals: list[tuple[Received[Record], NotApplied]] = []
        for record in records:
            response = _external_response(record)
            try:
                check_external(response, now)
            except WrongAnswer as fault:
                refusals.append((record, Rejected(fault.field, fault.reason)))
                continue
            responses.append(response)
        await take_external_answers(desk.open(transaction), responses, EXTERNAL, now)
        return refusals

    async def customer_details(transaction: Transaction, records: Batch) -> Refusals:
        refusals: list[tuple[Received[Record], NotApplied]] = []
        details: dict[UUID, CustomerDetails | None] = {}
        for record in records:
            try:
                details[UUID(record.key)] = cast("CustomerDetails | None", record.data)
            except ValueError:
                refusals.append((record, Rejected("key", "is not a customer's id")))
        await learn_customers(desk.open(transaction), details)
        return refusals

    async def message_outcomes(transaction: Transaction, records: Batch) -> Refusals:
        outcomes = [cast("MessageOutcome", record.data) for record in records]
        await follow_messages(desk.open(transaction), outcomes)
        return ()

    return (
        Subscription(EXTERNAL_ANSWERS, external_answers),
        Subscription(CUSTOMER_DETAILS, customer_details),
        Subscription(MESSAGE_OUTCOMES, message_outcomes),
    )


def _external_response(record: Received[Record]) -> ExternalResponse:
    data = cast("ExternalAnswers", record.data)
    return ExternalResponse(
        source=data.source,
        survey=data.survey,
        customer_id=customer_id_of(data.customer_source, data.customer_external_id),
        answered_at=data.answered_at,
        statements=tuple(_statement(answer) for answer in data.answers),
        cause=record.because(),
    )


def _statement(answer: Answer) -> Statement:
    """An answer in our form; what its kind does not use is left behind."""
    has_theme = answer.kind is AnswerKind.INTEREST
    is_wish = answer.kind is AnswerKind.PREFERENCE
    has_aspect = is_wish or answer.kind is AnswerKind.EVENT_KIND
    return Statement(
        question_id=answer.question_id,
        kind=QuestionKind(answer.kind),
        theme=answer.theme if has_theme else None,
        aspect=answer.aspect if has_aspect else None,
        number=answer.number,
        scale_min=0.0 if is_wish else answer.scale_min,
        scale_max=0.0 if is_wish else answer.scale_max,
        choice=answer.choice,
    )
