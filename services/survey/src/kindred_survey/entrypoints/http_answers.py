"""Answers from programs, and what a customer has answered."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from kindred_common.db.transactions import Transaction
from kindred_common.security.audit import AuditEntry, record
from kindred_common.security.principals import Principal, Role
from kindred_common.web.auth import requires
from kindred_common.web.idempotency import Outcome, once
from kindred_common.web.problems import Problem
from kindred_common.web.tracing import cause_of
from kindred_survey.application.queries import customer_answers
from kindred_survey.application.record_answers import Recorded, Submission, record_answers
from kindred_survey.domain.errors import UnknownCustomer, WrongAnswer
from kindred_survey.entrypoints.desk import Desk
from kindred_survey.entrypoints.http_links import may_see
from kindred_survey.entrypoints.problems import wrong_answer
from kindred_survey.entrypoints.schemas_answers import (
    AnswersInput,
    AnswerView,
    CustomerAnswers,
    RecordedView,
)

Submitter = Annotated[
    Principal, Depends(requires(Role.SYSTEM, Role.ADMINISTRATOR, scope="answers:write"))
]
Onlooker = Annotated[Principal, Depends(requires(scope="answers:read"))]


def answers_router(desk: Desk) -> APIRouter:
    """Answers in and out."""
    router = APIRouter(prefix="/v1", tags=["answers"])
    router.include_router(_recording(desk))
    router.include_router(_reading(desk))
    return router


def _recording(desk: Desk) -> APIRouter:
    router = APIRouter()

    @router.post(
        "/answers",
        status_code=201,
        response_model=RecordedView,
        summary="Record a customer's answers; answered only when they are safe",
    )
    async def post_answers(
        _: Submitter,
        body: AnswersInput,
        request: Request,
    ) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            try:
                recorded = await record_answers(
                    desk.open(transaction), _submission(body), cause_of(request), desk.clock.now()
                )
            except WrongAnswer as fault:
                raise _wrong_answer(body, fault) from None
            return Outcome(201, recorded_view(recorded))

        return await once(request, desk.transactions, work)

    return router


def _reading(desk: Desk) -> APIRouter:
    router = APIRouter()

    @router.get("/customers/{customer_id}/answers", summary="All present answers of a customer")
    async def get_customer_answers(principal: Onlooker, customer_id: UUID) -> CustomerAnswers:
        async with desk.transactions.begin() as transaction:
            stores = desk.open(transaction)
            known = (await stores.customers.find([customer_id])).get(customer_id)
            kept = await customer_answers(stores, customer_id)
            if not may_see(principal, known) or (known is None and not kept):
                raise UnknownCustomer
            entry = AuditEntry(
                desk.ids(),
                desk.clock.now(),
                principal.subject,
                "answers.read",
                "customer",
                str(customer_id),
            )
            await record(transaction.connection, entry)
        return CustomerAnswers(
            customer_id=customer_id, answers=[AnswerView.of(answer) for answer in kept]
        )

    return router


def recorded_view(recorded: Recorded) -> RecordedView:
    """What a program is told of answers that are safe."""
    response = recorded.response
    return RecordedView(
        response_id=response.response_id,
        survey_version=response.version,
        answered_at=response.answered_at,
    )


def _submission(body: AnswersInput) -> Submission:
    return Submission(
        customer_id=body.customer_id,
        survey_id=body.survey_id,
        given=tuple(answer.given(answer.question_id) for answer in body.answers),
        version=body.survey_version,
        complete=body.complete,
        source=body.source,
    )


def _wrong_answer(body: AnswersInput, fault: WrongAnswer) -> Problem:
    places = [n for n, answer in enumerate(body.answers) if answer.question_id == fault.field]
    field = f"body.answers.{places[-1]}.value" if places else "body.answers"
    reason = fault.reason if places else str(fault)
    return wrong_answer(field, reason)
