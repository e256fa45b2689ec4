"""The customer's answers behind his personal link, for programs such as a mobile application."""

from fastapi import APIRouter, Request, Response

from kindred_common.db.transactions import Transaction
from kindred_common.web.problems import Problem, not_found
from kindred_common.web.routing import public_router
from kindred_common.web.tracing import cause_of
from kindred_survey.application.answer_by_link import answer_by_link
from kindred_survey.application.record_answers import Recorded
from kindred_survey.application.withdraw_answers import withdraw_answers
from kindred_survey.domain.errors import UnknownQuestion, WrongAnswer
from kindred_survey.entrypoints.desk import Desk
from kindred_survey.entrypoints.following import followed
from kindred_survey.entrypoints.http_answers import recorded_view
from kindred_survey.entrypoints.problems import wrong_answer
from kindred_survey.entrypoints.schemas_answers import AnswerValue, OwnAnswer, RecordedView
from kindred_survey.entrypoints.schemas_definition import DefinitionSchema
from kindred_survey.entrypoints.schemas_own import OwnSurvey


def own_answers_router(desk: Desk) -> APIRouter:
    """What a customer's own program may do with his link: read the survey, answer, withdraw."""
    router = public_router("/v1/links/{token}", in_schema=True)
    router.tags = ["personal links"]
    _reading(router, desk)
    _writing(router, desk)
    return router


def _reading(router: APIRouter, desk: Desk) -> None:
    @router.get("", summary="The survey behind a personal link, with the answers so far")
    async def get_own_survey(token: str) -> OwnSurvey:
        async with desk.transactions.begin() as transaction:
            stores = desk.open(transaction)
            link = (await followed(stores, desk, token)).link
            published = await stores.surveys.published(link.survey_id, link.version)
            statements = await stores.answers.of_response(link.customer_id, link.survey_id)
        return OwnSurvey(
            survey_id=link.survey_id,
            survey_version=link.version,
            closes_at=link.expires_at,
            definition=DefinitionSchema.of(published.definition),
            answers=[OwnAnswer.of(s) for _, s in sorted(statements.items())],
        )


def _writing(router: APIRouter, desk: Desk) -> None:
    @router.put("/answers/{question_id}", summary="Answer one question, or answer it anew")
    async def put_own_answer(
        token: str, question_id: str, body: AnswerValue, request: Request
    ) -> RecordedView:
        async def work(transaction: Transaction) -> Recorded:
            stores = desk.open(transaction)
            link = (await followed(stores, desk, token)).link
            return await answer_by_link(
                stores, link, body.given(question_id), cause_of(request), desk.clock.now()
            )

        try:
            return recorded_view(await desk.transactions.run(work))
        except WrongAnswer as fault:
            raise _wrong_answer(fault) from None

    @router.delete(
        "/answers/{question_id}", status_code=204, summary="Take the answer to a question back"
    )
    async def delete_own_answer(token: str, question_id: str, request: Request) -> Response:
        async def work(transaction: Transaction) -> None:
            stores = desk.open(transaction)
            link = (await followed(stores, desk, token)).link
            await withdraw_answers(stores, link, question_id, cause_of(request), desk.clock.now())

        try:
            await desk.transactions.run(work)
        except WrongAnswer as fault:
            raise _wrong_answer(fault) from None
        return Response(status_code=204)


def _wrong_answer(fault: WrongAnswer) -> Problem:
    if isinstance(fault, UnknownQuestion):
        return not_found("question")
    return wrong_answer("body.value", fault.reason)
