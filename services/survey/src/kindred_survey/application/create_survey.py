from datetime import datetime
from uuid import UUID

from kindred_survey.application.ports import Stores
from kindred_survey.domain.questions import Definition
from kindred_survey.domain.survey import Survey, new_survey


async def create_survey(
    stores: Stores, survey_id: UUID, name: str, definition: Definition, now: datetime
) -> Survey:
    """Keeps a new survey as a draft.

    Raises:
        WrongDefinition: it could not be asked.
    """
    survey = new_survey(survey_id, name, definition, now)
    await stores.surveys.add(survey)
    return survey
