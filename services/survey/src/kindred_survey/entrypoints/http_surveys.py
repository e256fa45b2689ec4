"""Defining, publishing and evaluating surveys."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response

from kindred_common.db.transactions import Transaction
from kindred_common.security.principals import Principal, Role
from kindred_common.web.auth import requires
from kindred_common.web.etags import etag, required_version
from kindred_common.web.idempotency import Outcome, once
from kindred_common.web.paging import (
    DEFAULT_LIMIT,
    Cursor,
    Limit,
    Page,
    after,
    cut,
    encode_cursor,
    identity,
)
from kindred_survey.application.change_survey import Change, change_survey
from kindred_survey.application.create_survey import create_survey
from kindred_survey.application.install_samples import Sample, install_samples
from kindred_survey.application.publish_survey import publish_survey
from kindred_survey.application.queries import survey_results
from kindred_survey.domain.errors import WrongDefinition
from kindred_survey.domain.survey import Survey
from kindred_survey.entrypoints.desk import Desk
from kindred_survey.entrypoints.problems import wrong_field
from kindred_survey.entrypoints.schemas_survey import (
    ForeignSurveyView,
    QuestionResultView,
    SurveyDraft,
    SurveyList,
    SurveyResults,
    SurveySummary,
    SurveyView,
)

Editor = Annotated[
    Principal,
    Depends(requires(Role.ADMINISTRATOR, Role.PROGRAMME_MANAGER, scope="surveys:write")),
]
Reader = Annotated[Principal, Depends(requires(scope="surveys:read"))]


def surveys_router(desk: Desk, samples: Sequence[Sample]) -> APIRouter:
    """The surveys of this service; ``samples`` can be installed with one request."""
    router = APIRouter(prefix="/v1", tags=["surveys"])
    router.include_router(_reading(desk))
    router.include_router(_writing(desk))
    router.include_router(_publishing(desk, samples))
    return router


def _reading(desk: Desk) -> APIRouter:
    router = APIRouter()

    @router.get("/surveys", summary="All surveys, oldest first")
    async def list_surveys(
        _: Reader, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
    ) -> Page[SurveySummary]:
        async with desk.transactions.begin() as transaction:
            found = await desk.open(transaction).surveys.page(after(cursor, identity), limit + 1)
        items, last = cut(found, limit)
        return Page(
            items=[SurveySummary.of(survey) for survey in items],
            next_cursor=encode_cursor(str(last.id)) if last else None,
        )

    @router.get("/surveys/{survey_id}", summary="One survey at its latest version")
    async def get_survey(_: Reader, survey_id: UUID, response: Response) -> SurveyView:
        async with desk.transactions.begin() as transaction:
            survey = await desk.open(transaction).surveys.get(survey_id)
        response.headers["ETag"] = etag(survey.revision)
        return SurveyView.of(survey)

    @router.get("/surveys/{survey_id}/results", summary="What the present answers say")
    async def get_results(_: Reader, survey_id: UUID) -> SurveyResults:
        async with desk.transactions.begin() as transaction:
            results = await survey_results(desk.open(transaction), survey_id)
        return SurveyResults(
            survey_id=survey_id, questions=[QuestionResultView.of(result) for result in results]
        )

    @router.get("/foreign-surveys", summary="Surveys that were asked elsewhere")
    async def list_foreign(
        _: Reader, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
    ) -> Page[ForeignSurveyView]:
        async with desk.transactions.begin() as transaction:
            found = await desk.open(transaction).surveys.foreign(after(cursor, identity), limit + 1)
        items, last = cut(found, limit)
        return Page(
            items=[ForeignSurveyView.of(survey) for survey in items],
            next_cursor=encode_cursor(str(last.id)) if last else None,
        )

    return router


def _writing(desk: Desk) -> APIRouter:
    router = APIRouter()

    @router.post(
        "/surveys", status_code=201, response_model=SurveyView, summary="Define a survey as a draft"
    )
    async def post_survey(_: Editor, draft: SurveyDraft, request: Request) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            with _definition_faults():
                survey = await create_survey(
                    desk.open(transaction),
                    desk.ids(),
                    draft.name,
                    draft.definition.to_domain(),
                    desk.clock.now(),
                )
            location = {"Location": f"/v1/surveys/{survey.id}"}
            return _outcome(201, survey, location)

        return await once(request, desk.transactions, work)

    @router.put("/surveys/{survey_id}", summary="Change the draft, or begin the next version")
    async def put_survey(
        _: Editor,
        survey_id: UUID,
        draft: SurveyDraft,
        response: Response,
        if_match: Annotated[str | None, Header()] = None,
    ) -> SurveyView:
        revision = required_version(if_match)
        wanted = Change(survey_id, revision, draft.name, draft.definition.to_domain())

        async def work(transaction: Transaction) -> Survey:
            return await change_survey(desk.open(transaction), wanted, desk.clock.now())

        with _definition_faults():
            survey = await desk.transactions.run(work)
        response.headers["ETag"] = etag(survey.revision)
        return SurveyView.of(survey)

    return router


def _publishing(desk: Desk, samples: Sequence[Sample]) -> APIRouter:
    router = APIRouter()

    @router.post(
        "/surveys/samples",
        response_model=SurveyList,
        summary="Install the relation survey and the interest survey that come with Kindred",
    )
    async def post_samples(_: Editor, request: Request) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            installed = await install_samples(desk.open(transaction), samples, desk.clock.now())
            return Outcome(200, SurveyList(items=[SurveySummary.of(s) for s in installed]))

        return await once(request, desk.transactions, work)

    @router.post(
        "/surveys/{survey_id}/publish",
        response_model=SurveyView,
        summary="Freeze the draft and open it for answers; with If-Match only what you have seen",
    )
    async def post_publish(
        _: Editor,
        survey_id: UUID,
        request: Request,
        if_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        revision = None if if_match is None else required_version(if_match)

        async def work(transaction: Transaction) -> Outcome:
            stores = desk.open(transaction)
            return _outcome(
                200, await publish_survey(stores, survey_id, revision, desk.clock.now())
            )

        return await once(request, desk.transactions, work)

    return router


@contextmanager
def _definition_faults() -> Iterator[None]:
    try:
        yield
    except WrongDefinition as fault:
        raise wrong_field(
            "wrong-definition", "The survey could not be asked so", fault, "body.definition"
        ) from None


def _outcome(status: int, survey: Survey, headers: dict[str, str] | None = None) -> Outcome:
    return Outcome(status, SurveyView.of(survey), {"ETag": etag(survey.revision)} | (headers or {}))
