from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kindred_survey.application.ports import Stores
from kindred_survey.domain.questions import Definition
from kindred_survey.domain.survey import Survey, new_survey, publish, survey_id_of


@dataclass(frozen=True, slots=True)
class Sample:
    """A survey that comes with Kindred; ``key`` names it for ever."""

    key: str
    name: str
    definition: Definition


async def install_samples(
    stores: Stores, samples: Sequence[Sample], now: datetime
) -> Sequence[Survey]:
    """Publishes the surveys that come with Kindred; those that are there already stay as they are."""
    installed = []
    for sample in samples:
        survey_id = survey_id_of("kindred", sample.key)
        draft = new_survey(survey_id, sample.name, sample.definition, now)
        if await stores.surveys.add(draft):
            await stores.surveys.save(publish(draft, now))
        installed.append(await stores.surveys.get(survey_id))
    return installed
