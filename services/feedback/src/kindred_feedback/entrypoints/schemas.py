"""Feedback as JSON."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StringConstraints
from pydantic.config import JsonDict

from kindred_feedback.domain.feedback import LONGEST_TIPS, Feedback, Given
from kindred_feedback.domain.summary import Estimate, Summary

Tips = Annotated[str, StringConstraints(max_length=LONGEST_TIPS, strip_whitespace=True)]

EXAMPLE: JsonDict = {
    "rating": 5,
    "all_as_wished": True,
    "expectation": "more",
    "fitted": True,
    "tips": "A little more time for questions.",
}


class GivenIn(BaseModel):
    """How it was, in the guest's words."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    rating: StrictInt = Field(ge=1, le=5, description="1 poor to 5 excellent.")
    all_as_wished: StrictBool
    expectation: Literal["less", "as_expected", "more"]
    fitted: StrictBool | None = Field(default=None, description="Whether it suited the guest.")
    tips: Tips | None = Field(default=None, description="Stays in this service.")

    def given(self) -> Given:
        return Given(
            self.rating, self.all_as_wished, self.expectation, self.fitted, self.tips or None
        )


class FeedbackOut(BaseModel):
    """What a guest said of a moment."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **EXAMPLE,
                    "invitation_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a31",
                    "customer_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a11",
                    "event_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a21",
                    "given_at": "2026-10-05T07:12:44Z",
                }
            ]
        }
    )

    invitation_id: UUID
    customer_id: UUID
    event_id: UUID
    rating: int
    all_as_wished: bool
    expectation: str
    fitted: bool | None
    tips: str | None
    given_at: datetime

    @classmethod
    def of(cls, feedback: Feedback) -> Self:
        given = feedback.given
        return cls(
            invitation_id=feedback.invitation_id,
            customer_id=feedback.customer_id,
            event_id=feedback.event_id,
            rating=given.rating,
            all_as_wished=given.all_as_wished,
            expectation=given.expectation,
            fitted=given.fitted,
            tips=given.tips,
            given_at=feedback.given_at,
        )


class EstimateOut(BaseModel):
    """A figure with its 95 % interval."""

    model_config = ConfigDict(from_attributes=True)

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, estimate: Estimate | None) -> Self | None:
        return None if estimate is None else cls.model_validate(estimate)


class SummaryOut(BaseModel):
    """What the guests of an event said together; null where there is too little to say."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "event_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a21",
                    "count": 18,
                    "rating": {"value": 4.4, "low": 4.0, "high": 4.8},
                    "more_than_expected": {"value": 0.5, "low": 0.29, "high": 0.71},
                    "all_as_wished": {"value": 0.94, "low": 0.72, "high": 1.0},
                    "fitted": None,
                }
            ]
        }
    )

    event_id: UUID
    count: int
    rating: EstimateOut | None
    more_than_expected: EstimateOut | None
    all_as_wished: EstimateOut | None
    fitted: EstimateOut | None

    @classmethod
    def of(cls, event_id: UUID, summary: Summary) -> Self:
        return cls(
            event_id=event_id,
            count=summary.count,
            rating=EstimateOut.of(summary.rating),
            more_than_expected=EstimateOut.of(summary.more_than_expected),
            all_as_wished=EstimateOut.of(summary.all_as_wished),
            fitted=EstimateOut.of(summary.fitted),
        )
