from dataclasses import dataclass
from datetime import datetime

from kindred_common.contracts.record import Cause
from kindred_survey.application.ports import Link, Stores
from kindred_survey.application.record_answers import Recorded, Submission, record_answers
from kindred_survey.domain.answering import Given, missing_questions
from kindred_survey.domain.steps import next_step, steps_of


@dataclass(frozen=True, slots=True)
class Onward:
    """Where the customer goes next: to a page, or to the end when ``position`` is None."""

    position: int | None


async def answer_by_link(
    stores: Stores, link: Link, given: Given, cause: Cause, now: datetime
) -> Recorded:
    """Keeps one answer of the customer behind the link.

    Raises:
        WrongAnswer: the link's version of the survey does not allow it.
    """
    submission = Submission(link.customer_id, link.survey_id, (given,), link.version)
    return await record_answers(stores, submission, cause, now)


async def go_on(stores: Stores, link: Link, position: int, now: datetime) -> Onward:
    """Sends the customer on from a page, and remembers how far he has come.

    At the end he is sent back to a required question that is still open.
    """
    published = await stores.surveys.published(link.survey_id, link.version)
    statements = await stores.answers.of_response(link.customer_id, link.survey_id)
    definition = published.definition
    following = next_step(definition, statements, position)
    if following is not None:
        await stores.links.advance(link.id, following.position, None)
        return Onward(following.position)
    missing = missing_questions(definition, statements)
    if missing:
        step = next(s for s in steps_of(definition) if s.question.id == missing[0].id)
        return Onward(step.position)
    await stores.links.advance(link.id, len(steps_of(definition)) + 1, now)
    return Onward(None)
