from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kindred_common.contracts.codec import Outgoing
from kindred_common.contracts.record import Cause
from kindred_survey.application.ports import AnswerRow, PublishedVersion, Response, Stores
from kindred_survey.application.records import recorded, withdrawn
from kindred_survey.domain.answering import Given, Judged, judge, missing_questions
from kindred_survey.domain.errors import WrongAnswer
from kindred_survey.domain.questions import Definition
from kindred_survey.domain.statements import Statement
from kindred_survey.domain.survey import response_id_of


@dataclass(frozen=True, slots=True)
class Submission:
    """Answers of one customer to one version of a survey, the latest published if ``version`` is None.

    A ``complete`` submission leaves no required question open. ``source`` says how directly it comes from the customer.
    """

    customer_id: UUID
    survey_id: UUID
    given: tuple[Given, ...]
    version: int | None = None
    complete: bool = False
    source: str = "self"


@dataclass(frozen=True, slots=True)
class Recorded:
    """The response that the answers went into, and how all its answers now stand as far as they were looked at."""

    response: Response
    definition: Definition
    statements: Mapping[str, Statement]


async def record_answers(
    stores: Stores, submission: Submission, cause: Cause, now: datetime
) -> Recorded:
    """Keeps the answers as the customer's latest and tells the other services, all or nothing.

    Raises:
        UnknownSurvey: there is no such survey or version.
        NotPublished: it cannot be answered yet.
        WrongAnswer: the version does not allow one of the answers, or a complete submission lacks one.
    """
    published = await stores.surveys.published(submission.survey_id, submission.version)
    known = await _known(stores, submission, published)
    judged = judge(published.definition, submission.given, known.values())
    after = {i: s for i, s in known.items() if i not in judged.ended}
    after |= {s.question_id: s for s in judged.stated}
    if submission.complete and (missing := missing_questions(published.definition, after)):
        raise WrongAnswer(missing[0].id, "needs an answer")
    response = _response(submission, published, now)
    return Recorded(
        await _keep(stores, response, judged, known, cause), published.definition, after
    )


async def _known(
    stores: Stores, submission: Submission, published: PublishedVersion
) -> Mapping[str, Statement]:
    if not (submission.complete or published.definition.looks_back):
        return {}
    return await stores.answers.of_response(submission.customer_id, submission.survey_id, lock=True)


def _response(submission: Submission, published: PublishedVersion, now: datetime) -> Response:
    return Response(
        customer_id=submission.customer_id,
        survey_id=published.survey_id,
        version=published.version,
        response_id=response_id_of(published.survey_id, published.version, submission.customer_id),
        answered_at=now,
        source=submission.source,
    )


async def _keep(
    stores: Stores,
    response: Response,
    judged: Judged,
    known: Mapping[str, Statement],
    cause: Cause,
) -> Response:
    records: list[Outgoing] = []
    if ended := sorted(judged.ended & known.keys()):
        records += await _end(stores, response, ended, cause)
    if judged.stated:
        rows = [AnswerRow(response, statement) for statement in judged.stated]
        response = _at(response, await stores.answers.save(rows))
        records += recorded(response, judged.stated, cause)
    await stores.publish(records)
    return response


async def _end(
    stores: Stores, response: Response, question_ids: Sequence[str], cause: Cause
) -> Sequence[Outgoing]:
    kept = await stores.answers.withdraw(
        response.customer_id, response.survey_id, question_ids, response.answered_at
    )
    at = max((k.response.answered_at for k in kept), default=response.answered_at)
    return withdrawn(kept, at, cause)


def _at(response: Response, answered_at: datetime) -> Response:
    return Response(
        response.customer_id,
        response.survey_id,
        response.version,
        response.response_id,
        answered_at,
        response.source,
    )
