from collections.abc import Sequence
from datetime import datetime

from kindred_common.contracts.record import Cause
from kindred_survey.application.ports import Link, Stores
from kindred_survey.application.records import withdrawn
from kindred_survey.domain.answering import asked_question, ids_of


async def withdraw_answers(
    stores: Stores, link: Link, question_id: str | None, cause: Cause, now: datetime
) -> int:
    """Takes back the customer's answer to one question of the link's survey, or all of them; returns how many there were.

    Raises:
        UnknownQuestion: the survey has no such question.
    """
    question_ids = None if question_id is None else await _ids(stores, link, question_id)
    kept = await stores.answers.withdraw(link.customer_id, link.survey_id, question_ids, now)
    at = max((k.response.answered_at for k in kept), default=now)
    await stores.publish(withdrawn(kept, at, cause))
    return len(kept)


async def _ids(stores: Stores, link: Link, question_id: str) -> Sequence[str]:
    published = await stores.surveys.published(link.survey_id, link.version)
    question = asked_question(published.definition, question_id)
    return ids_of(question) if question.id == question_id else (question_id,)
