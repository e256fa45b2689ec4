"""The records that tell the other services what customers answered: values only, never their own words."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from kindred_common.contracts.codec import Outgoing
from kindred_common.contracts.record import Cause
from kindred_common.contracts.survey import Answer, AnswerKind, AnswersRecorded, AnswersWithdrawn
from kindred_common.contracts.topics import SURVEY_ANSWERS
from kindred_common.contracts.vocabulary import FactSource
from kindred_survey.application.ports import KeptAnswer, Response
from kindred_survey.domain.questions import QuestionKind
from kindred_survey.domain.statements import Statement

MOST_ANSWERS = 500


def recorded(
    response: Response, statements: Iterable[Statement], cause: Cause
) -> Sequence[Outgoing]:
    """That the customer gave these answers; nothing when all of them are his own words."""
    answers = tuple(_answer(s) for s in statements if s.kind is not QuestionKind.TEXT)
    if not answers:
        return []
    data = AnswersRecorded(
        customer_id=response.customer_id,
        survey_id=response.survey_id,
        survey_version=response.version,
        response_id=response.response_id,
        answered_at=response.answered_at,
        source=FactSource(response.source),
        answers=answers,
    )
    return [Outgoing(SURVEY_ANSWERS, str(response.customer_id), data, cause)]


def withdrawn(kept: Iterable[KeptAnswer], at: datetime, cause: Cause) -> Sequence[Outgoing]:
    """That the customer took these answers back, a record for each response."""
    published = [k for k in kept if k.statement.kind is not QuestionKind.TEXT]
    published.sort(key=_response_id)
    return [_withdrawal([*group], at, cause) for _, group in groupby(published, key=_response_id)]


def present_truth(kept: Sequence[KeptAnswer], cause: Cause) -> Sequence[Outgoing]:
    """All that stands of some customers' answers, said again."""
    records: list[Outgoing] = []
    ordered = sorted(kept, key=_moment)
    for (response, is_withdrawn), group in groupby(
        ordered, key=lambda k: (k.response, k.withdrawn)
    ):
        answers = [*group]
        if is_withdrawn:
            records += withdrawn(answers, response.answered_at, cause)
        else:
            records += recorded(response, [k.statement for k in answers], cause)
    return records


def _moment(kept: KeptAnswer) -> tuple[datetime, UUID, UUID, int, str, bool]:
    r = kept.response
    return r.answered_at, r.customer_id, r.survey_id, r.version, r.source, kept.withdrawn


def _response_id(kept: KeptAnswer) -> UUID:
    return kept.response.response_id


def _withdrawal(kept: Sequence[KeptAnswer], at: datetime, cause: Cause) -> Outgoing:
    response = kept[0].response
    data = AnswersWithdrawn(
        customer_id=response.customer_id,
        survey_id=response.survey_id,
        response_id=response.response_id,
        withdrawn_at=at,
        question_ids=tuple(k.statement.question_id for k in kept),
    )
    return Outgoing(SURVEY_ANSWERS, str(response.customer_id), data, cause)


def _answer(statement: Statement) -> Answer:
    return Answer(
        question_id=statement.question_id,
        kind=AnswerKind(statement.kind),
        theme=statement.theme,
        aspect=statement.aspect,
        number=statement.number,
        scale_min=statement.scale_min,
        scale_max=statement.scale_max,
        choice=statement.choice,
    )
