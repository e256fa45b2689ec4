"""Answers and personal links as JSON."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr
from pydantic.config import JsonDict

from kindred_survey.application.create_links import LinkResult, MadeLink
from kindred_survey.application.ports import KeptAnswer, Visit
from kindred_survey.domain.answering import Given
from kindred_survey.domain.questions import QuestionKind
from kindred_survey.domain.statements import LONGEST_TEXT, Statement

Words = Annotated[StrictStr, Field(max_length=LONGEST_TEXT)]
Value = Annotated[
    StrictInt | StrictFloat | Words | Annotated[list[Words], Field(max_length=50)],
    Field(
        description="A number on the question's scale, one choice, a list where several may be chosen, or text.",
        examples=[9],
    ),
]
Why = Annotated[
    Words | None, Field(description="The reason behind a recommendation. It never leaves survey.")
]


class AnswerValue(BaseModel):
    """An answer to the question that the address names."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"value": 9}]})

    value: Value
    why: Why = None

    def given(self, question_id: str) -> Given:
        return Given(question_id, self.value, self.why)


class AnswerInput(AnswerValue):
    """An answer to one question."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"question_id": "recommend", "value": 9}]}
    )

    question_id: str = Field(min_length=1, max_length=100)


class AnswersInput(BaseModel):
    """Answers of one customer to one version of a survey, the latest published if none is named."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "customer_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a11",
                    "survey_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a12",
                    "answers": [
                        {"question_id": "recommend", "value": 9, "why": "They keep their word."},
                        {"question_id": "like-golf", "value": 4},
                    ],
                }
            ]
        },
    )

    customer_id: UUID
    survey_id: UUID
    survey_version: StrictInt | None = Field(default=None, ge=1)
    complete: StrictBool = Field(
        default=False, description="Refuse it if a required question is open."
    )
    source: Literal["self", "account_manager", "import"] = Field(
        default="self", description="Who said so: the customer himself, or another about him."
    )
    answers: list[AnswerInput] = Field(min_length=1, max_length=100)


class RecordedView(BaseModel):
    """The response that the answers went into; they count from `answered_at` on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "response_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a91",
                    "survey_version": 1,
                    "answered_at": "2026-03-02T09:00:00Z",
                }
            ]
        }
    )

    response_id: UUID
    survey_version: int
    answered_at: datetime


GIVEN: JsonDict = {
    "survey_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a51",
    "survey_version": 1,
    "question_id": "like-golf",
    "kind": "interest",
    "theme": "golf",
    "aspect": None,
    "number": 4.0,
    "scale_min": 1.0,
    "scale_max": 5.0,
    "choice": None,
    "text": None,
    "answered_at": "2026-03-02T09:00:00Z",
    "source": "self",
}


class AnswerView(BaseModel):
    """A customer's present answer to one question."""

    survey_id: UUID
    survey_version: int
    question_id: str
    kind: QuestionKind
    theme: str | None
    aspect: str | None
    number: float | None
    scale_min: float
    scale_max: float
    choice: str | None
    text: str | None = Field(description="The customer's own words.")
    answered_at: datetime
    source: str

    @classmethod
    def of(cls, kept: KeptAnswer) -> Self:
        response, statement = kept.response, kept.statement
        return cls(
            survey_id=response.survey_id,
            survey_version=response.version,
            question_id=statement.question_id,
            kind=statement.kind,
            theme=statement.theme,
            aspect=statement.aspect,
            number=statement.number,
            scale_min=statement.scale_min,
            scale_max=statement.scale_max,
            choice=statement.choice,
            text=statement.text,
            answered_at=response.answered_at,
            source=response.source,
        )


class CustomerAnswers(BaseModel):
    """All present answers of a customer, newest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"customer_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a11", "answers": [GIVEN]}
            ]
        }
    )

    customer_id: UUID
    answers: list[AnswerView]


class OwnAnswer(BaseModel):
    """What the customer behind a link has answered."""

    model_config = ConfigDict(from_attributes=True)

    question_id: str
    number: float | None
    choice: str | None
    text: str | None

    @classmethod
    def of(cls, statement: Statement) -> Self:
        return cls.model_validate(statement)


class LinksInput(BaseModel):
    """Links for some customers; `send` has each put into a message instead of handing it back."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "customer_ids": ["0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a11"],
                    "expires_in_days": 30,
                    "send": True,
                }
            ]
        },
    )

    customer_ids: list[UUID] = Field(min_length=1, max_length=500)
    expires_in_days: StrictInt = Field(default=30, ge=1, le=366)
    send: StrictBool = False


class MadeLinkView(BaseModel):
    """What came of one link. `url` is there only if it was not sent."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "customer_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a11",
                    "result": "created",
                    "link_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8aa1",
                    "url": "https://survey.example.com/s/Zm9vYmFyYmF6cXV4MTIzNA",
                    "message_id": None,
                }
            ]
        },
    )

    customer_id: UUID
    result: LinkResult
    link_id: UUID | None
    url: str | None
    message_id: UUID | None

    @classmethod
    def of(cls, made: MadeLink) -> Self:
        return cls.model_validate(made)


class MadeLinks(BaseModel):
    """What came of the links, in the order asked for."""

    items: list[MadeLinkView]


class LinkView(BaseModel):
    """A link and what became of it; the link itself is not kept."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8aa1",
                    "customer_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a11",
                    "survey_version": 1,
                    "status": "skipped",
                    "rule": "survey_cap",
                    "created_at": "2026-03-02T09:00:00Z",
                    "expires_at": "2026-04-01T09:00:00Z",
                    "finished_at": None,
                }
            ]
        }
    )

    id: UUID
    customer_id: UUID
    survey_version: int
    status: str = Field(
        description="`created`, `requested`, or what became of the message: `sent`, `skipped`, `bounced`, ..."
    )
    rule: str | None = Field(description="The rule that held the message back.")
    created_at: datetime
    expires_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, visit: Visit) -> Self:
        link = visit.link
        return cls(
            id=link.id,
            customer_id=link.customer_id,
            survey_version=link.version,
            status=link.status,
            rule=link.rule,
            created_at=link.created_at,
            expires_at=link.expires_at,
            finished_at=link.finished_at,
        )
