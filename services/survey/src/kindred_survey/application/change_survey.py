from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kindred_survey.application.ports import Stores
from kindred_survey.domain.errors import StaleRevision
from kindred_survey.domain.questions import Definition
from kindred_survey.domain.survey import Survey, change


@dataclass(frozen=True, slots=True)
class Change:
    """A survey's new name and draft, made by someone who saw ``revision``."""

    survey_id: UUID
    revision: int
    name: str
    definition: Definition


async def change_survey(stores: Stores, wanted: Change, now: datetime) -> Survey:
    """Changes the draft; a survey whose version is published gets a new draft version.

    Raises:
        UnknownSurvey: there is none.
        StaleRevision: it changed in the meantime.
        WrongDefinition: it could not be asked.
    """
    survey = await stores.surveys.get(wanted.survey_id, lock=True)
    if survey.revision != wanted.revision:
        raise StaleRevision
    changed = change(survey, wanted.name, wanted.definition, now)
    await stores.surveys.save(changed)
    return changed
