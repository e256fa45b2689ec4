"""Surveys and their results as JSON."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from kindred_survey.application.ports import ForeignSurvey
from kindred_survey.application.queries import QuestionResult
from kindred_survey.domain.questions import QuestionKind
from kindred_survey.domain.survey import Survey
from kindred_survey.entrypoints.schemas_definition import DefinitionSchema

Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]

EXAMPLE: JsonDict = {
    "name": "Relation survey 2026",
    "definition": {
        "title": {"nl": "Hoe doen wij het?", "en": "How are we doing?"},
        "introduction": {"nl": "Twee vragen.", "en": "Two questions."},
        "thanks": {"nl": "Dank u wel!", "en": "Thank you!"},
        "questions": [
            {
                "id": "recommend",
                "kind": "nps",
                "required": True,
                "text": {"nl": "Beveelt u ons aan?", "en": "Would you recommend us?"},
            },
            {
                "id": "like-golf",
                "kind": "interest",
                "theme": "golf",
                "text": {"nl": "Golf?", "en": "Golf?"},
            },
        ],
    },
}


class SurveyDraft(BaseModel):
    """A survey as an editor writes it; `name` is for colleagues, `definition` for customers."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    name: Name
    definition: DefinitionSchema


SUMMARY: JsonDict = {
    "id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a51",
    "name": "Relation survey 2026",
    "version": 2,
    "published_version": 1,
    "created_at": "2026-01-12T09:00:00Z",
    "changed_at": "2026-02-02T14:20:31Z",
}


class SurveySummary(BaseModel):
    """A survey without its questions."""

    model_config = ConfigDict(json_schema_extra={"examples": [SUMMARY]})

    id: UUID
    name: str
    version: int = Field(description="The latest version, a draft unless it is published.")
    published_version: int | None = Field(description="The version that customers are asked.")
    created_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, survey: Survey) -> Self:
        return cls.model_validate(survey, from_attributes=True)


class SurveyView(SurveySummary):
    """A survey at its latest version."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**SUMMARY, "definition": EXAMPLE["definition"]}]}
    )

    definition: DefinitionSchema


class SurveyList(BaseModel):
    """Some surveys."""

    items: list[SurveySummary]


class ForeignSurveyView(BaseModel):
    """A survey that was asked elsewhere: in another tool or in a file that was imported."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a51",
                    "origin": "import",
                    "source": "import",
                    "name": "young-people-survey",
                    "first_seen_at": "2026-01-12T09:00:00Z",
                }
            ]
        }
    )

    id: UUID
    origin: str = Field(examples=["external", "import"])
    source: str
    name: str
    first_seen_at: datetime

    @classmethod
    def of(cls, survey: ForeignSurvey) -> Self:
        return cls.model_validate(survey, from_attributes=True)


class NpsView(BaseModel):
    """Net promoter score, -100 to 100, with its standard error and adjusted Wald 95 % interval."""

    model_config = ConfigDict(from_attributes=True)

    score: float = Field(examples=[33.0])
    standard_error: float = Field(examples=[7.49])
    low: float = Field(examples=[17.6])
    high: float = Field(examples=[46.5])


class QuestionResultView(BaseModel):
    """The present answers to one question. `mean` and `deviation` are on the question's own scale."""

    question_id: str
    kind: QuestionKind
    theme: str | None
    aspect: str | None
    answers: int
    promoters: int | None = None
    passives: int | None = None
    detractors: int | None = None
    nps: NpsView | None = None
    mean: float | None = None
    deviation: float | None = None
    choices: dict[str, int] | None = None

    @classmethod
    def of(cls, result: QuestionResult) -> Self:
        tally = result.tally
        is_nps = tally.kind is QuestionKind.NPS
        return cls(
            question_id=tally.question_id,
            kind=tally.kind,
            theme=tally.theme,
            aspect=tally.aspect,
            answers=tally.answers,
            promoters=tally.promoters if is_nps else None,
            passives=tally.passives if is_nps else None,
            detractors=tally.detractors if is_nps else None,
            nps=NpsView.model_validate(result.nps) if is_nps and result.nps else None,
            mean=tally.mean,
            deviation=tally.deviation,
            choices=dict(tally.choices) or None,
        )


class SurveyResults(BaseModel):
    """What the present answers to a survey say, over all its versions. "Net Promoter Score" is a trademark of its owners."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "survey_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a51",
                    "questions": [
                        {
                            "question_id": "recommend",
                            "kind": "nps",
                            "theme": None,
                            "aspect": None,
                            "answers": 121,
                            "promoters": 60,
                            "passives": 41,
                            "detractors": 20,
                            "nps": {
                                "score": 33.1,
                                "standard_error": 6.8,
                                "low": 19.2,
                                "high": 45.9,
                            },
                        }
                    ],
                }
            ]
        }
    )

    survey_id: UUID
    questions: list[QuestionResultView]
