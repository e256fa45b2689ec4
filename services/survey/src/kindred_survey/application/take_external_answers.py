from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from kindred_common.contracts.codec import Outgoing
from kindred_common.contracts.record import Cause
from kindred_common.contracts.vocabulary import FactSource
from kindred_survey.application.ports import (
    AnswerKey,
    AnswerRow,
    ForeignSurvey,
    Response,
    Stores,
)
from kindred_survey.application.records import recorded
from kindred_survey.domain.errors import WrongAnswer
from kindred_survey.domain.statements import Statement, check_statement
from kindred_survey.domain.survey import response_id_of, survey_id_of

CLOCKS_DIFFER_BY = timedelta(minutes=5)
FOREIGN_VERSION = 1


@dataclass(frozen=True, slots=True)
class ExternalResponse:
    """Answers that a customer gave in another tool, with the cause that what follows from them carries."""

    source: str
    survey: str
    customer_id: UUID
    answered_at: datetime
    statements: tuple[Statement, ...]
    cause: Cause


def check_external(response: ExternalResponse, now: datetime) -> None:
    """Refuses what cannot be meant.

    Raises:
        WrongAnswer: ``field`` names the place in the record.
    """
    if response.answered_at > now + CLOCKS_DIFFER_BY:
        raise WrongAnswer("answered_at", "is in the future")
    seen: set[str] = set()
    for place, statement in enumerate(response.statements):
        if statement.question_id in seen:
            raise WrongAnswer(f"answers.{place}.question_id", "is answered twice")
        seen.add(statement.question_id)
        try:
            check_statement(statement)
        except WrongAnswer as fault:
            raise WrongAnswer(f"answers.{place}.{fault.field}", fault.reason) from None


async def take_external_answers(
    stores: Stores, responses: Sequence[ExternalResponse], origin: str, now: datetime
) -> int:
    """Keeps checked answers from elsewhere where they are newer than ours, and tells the other services of those.

    Returns how many answers were taken. ``origin`` is ``external`` for topics and ``import`` for files.
    """
    surveys = {
        survey_id: ForeignSurvey(survey_id, origin, response.source, response.survey, now)
        for response in responses
        if (survey_id := survey_id_of(response.source, response.survey))
    }
    await stores.surveys.note_foreign([surveys[i] for i in sorted(surveys)])
    pairs = [(response, _response(response)) for response in responses]
    newest: dict[AnswerKey, AnswerRow] = {}
    for given, response in sorted(pairs, key=lambda pair: pair[0].answered_at):
        for statement in given.statements:
            newest[_key(response, statement)] = AnswerRow(response, statement)
    taken = await stores.answers.save_where_newer([*newest.values()])
    records: list[Outgoing] = []
    count = 0
    for given, response in pairs:
        kept = [s for s in given.statements if _key(response, s) in taken]
        count += len(kept)
        records += recorded(response, kept, given.cause)
    await stores.publish(records)
    return count


def _response(given: ExternalResponse) -> Response:
    survey_id = survey_id_of(given.source, given.survey)
    return Response(
        customer_id=given.customer_id,
        survey_id=survey_id,
        version=FOREIGN_VERSION,
        response_id=response_id_of(survey_id, FOREIGN_VERSION, given.customer_id),
        answered_at=given.answered_at,
        source=FactSource.IMPORT,
    )


def _key(response: Response, statement: Statement) -> AnswerKey:
    return response.customer_id, response.survey_id, statement.question_id
