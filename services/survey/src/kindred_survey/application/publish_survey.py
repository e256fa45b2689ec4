from datetime import datetime
from uuid import UUID

from kindred_survey.application.ports import Stores
from kindred_survey.domain.errors import StaleRevision
from kindred_survey.domain.survey import Survey, publish


async def publish_survey(
    stores: Stores, survey_id: UUID, revision: int | None, now: datetime
) -> Survey:
    """Freezes the draft and opens it for answers; ``revision`` None publishes whatever the draft is now.

    Raises:
        UnknownSurvey: there is none.
        StaleRevision: it changed in the meantime.
        NothingToPublish: the latest version is published already.
    """
    survey = await stores.surveys.get(survey_id, lock=True)
    if revision is not None and survey.revision != revision:
        raise StaleRevision
    published = publish(survey, now)
    await stores.surveys.save(published)
    return published
