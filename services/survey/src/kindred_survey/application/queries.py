"""Reading: what a survey's answers say, and what one customer answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kindred_survey.application.ports import KeptAnswer, Stores, Tally
from kindred_survey.domain.errors import UnknownSurvey
from kindred_survey.domain.nps import NpsScore, nps


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """The answers to one question over all versions of a survey."""

    tally: Tally
    nps: NpsScore | None


async def survey_results(stores: Stores, survey_id: UUID) -> Sequence[QuestionResult]:
    """What the present answers to a survey say, question by question.

    Raises:
        UnknownSurvey: there is none, neither ours nor from elsewhere.
    """
    if not await stores.surveys.exists(survey_id):
        raise UnknownSurvey
    return [
        QuestionResult(tally, nps(tally.promoters, tally.passives, tally.detractors))
        for tally in await stores.answers.tallies(survey_id)
    ]


async def customer_answers(stores: Stores, customer_id: UUID) -> Sequence[KeptAnswer]:
    """The customer's present answers to all surveys, his own words included, newest first."""
    kept = [
        answer for answer in await stores.answers.of_customer(customer_id) if not answer.withdrawn
    ]
    return sorted(
        kept, key=lambda k: (k.response.answered_at, k.statement.question_id), reverse=True
    )
