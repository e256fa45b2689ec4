"""Records that survey writes."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from kindred_common.contracts.moment import Moment
from kindred_common.contracts.record import Part, Record, Theme
from kindred_common.contracts.vocabulary import FactSource


class AnswerKind(StrEnum):
    """What a question asks, which decides what its answer means to a profile."""

    NPS = "nps"
    INTEREST = "interest"
    EVENT_KIND = "event_kind"
    PREFERENCE = "preference"


class Answer(Part):
    """One answer as a value, never as free text.

    ``theme`` names the subject of an interest question; ``aspect`` the event kind or the preference asked for.
    Numbers stand in ``number`` on the scale ``scale_min``..``scale_max``; a choice stands in ``choice``. Of the preferences
    ``manner`` and ``companion`` are choices by those words; ``max_distance_km`` and ``norm_max_value`` (euro) are numbers
    without a scale; ``norm_business_only`` is the choice ``yes`` or ``no``; ``excluded_theme`` is the choice of a theme;
    ``blocked_weekday`` is a number, 0 Monday to 6 Sunday. Where several may be chosen, each choice is an answer with a
    ``question_id`` of its own, withdrawn when the choice is taken back.
    """

    question_id: str = Field(max_length=100)
    kind: AnswerKind
    theme: Theme | None = None
    aspect: str | None = Field(default=None, max_length=60)
    number: float | None = Field(default=None, allow_inf_nan=False)
    scale_min: float = 0.0
    scale_max: float = 10.0
    choice: str | None = Field(default=None, max_length=100)


class AnswersRecorded(Record):
    """A customer gave answers; each replaces his earlier answer to the same question of the same survey."""

    record_type: ClassVar[str] = "kindred.answers-recorded.v1"

    customer_id: UUID
    survey_id: UUID
    survey_version: int = Field(ge=1)
    response_id: UUID
    answered_at: Moment
    source: FactSource
    answers: tuple[Answer, ...] = Field(min_length=1, max_length=500)


class AnswersWithdrawn(Record):
    """A customer took answers back; they count no longer."""

    record_type: ClassVar[str] = "kindred.answers-withdrawn.v1"

    customer_id: UUID
    survey_id: UUID
    response_id: UUID
    withdrawn_at: Moment
    question_ids: tuple[str, ...] = Field(min_length=1, max_length=500)
