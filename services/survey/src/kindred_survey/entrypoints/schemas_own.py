"""A customer's own survey as JSON."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from kindred_survey.entrypoints.schemas_answers import OwnAnswer
from kindred_survey.entrypoints.schemas_definition import DefinitionSchema


class OwnSurvey(BaseModel):
    """The version of a survey that a personal link opens, with the customer's answers so far."""

    survey_id: UUID
    survey_version: int
    closes_at: datetime
    definition: DefinitionSchema
    answers: list[OwnAnswer]
