"""What the API takes and gives about consents, profiles and time lines."""

import json
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from kindred_common.contracts.moment import Moment
from kindred_common.contracts.profile import CustomerProfile
from kindred_common.contracts.record import Theme
from kindred_common.contracts.vocabulary import (
    ConsentPurpose,
    ConsentState,
    FactSource,
    Language,
)
from kindred_profile.application.contract_records import published_profile
from kindred_profile.application.queries import ProfileView, TimedFact
from kindred_profile.domain.evidence import decayed
from kindred_profile.domain.facts import FactKind


class ConsentBody(BaseModel):
    """What a customer said about being approached, and how it can be shown that he did."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "purpose": "invitations",
                    "state": "granted",
                    "channel": "phone",
                    "text_version": "2026-01",
                    "language": "nl",
                }
            ]
        },
    )

    purpose: ConsentPurpose
    state: ConsentState
    channel: str = Field(min_length=1, max_length=60, pattern=r"^[^\x00]+$")
    stated_at: Moment | None = Field(
        default=None, description="When he said so; now when missing, never later than now."
    )
    text_version: str | None = Field(default=None, max_length=60, pattern=r"^[^\x00]*$")
    language: Language | None = None


class ConsentOut(BaseModel):
    """A consent as it was taken down."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "customer_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a11",
                    "purpose": "invitations",
                    "state": "granted",
                    "stated_at": "2026-03-02T09:00:00Z",
                }
            ]
        }
    )

    customer_id: UUID
    purpose: ConsentPurpose
    state: ConsentState
    stated_at: datetime


class InterestOut(BaseModel):
    """An interest as it stands today: ``confidence`` has decayed since ``observed_at``, when it was stronger."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "theme": "opera",
                    "value": 0.75,
                    "confidence": 0.64,
                    "confidence_then": 0.9,
                    "source": "self",
                    "observed_at": "2026-03-02T09:00:00Z",
                }
            ]
        }
    )

    theme: Theme
    value: float = Field(description="0 (not at all) to 1 (passionately)")
    confidence: float = Field(description="How sure we are today, 0..1")
    confidence_then: float = Field(description="How sure we were when it was observed")
    source: FactSource
    observed_at: datetime


class ProfileOut(BaseModel):
    """The profile as published, with today's confidence."""

    profile: CustomerProfile
    interests: list[InterestOut]

    @classmethod
    def of(cls, view: ProfileView, now: datetime) -> Self:
        profile = published_profile(view.content, view.version)
        return cls(
            profile=profile,
            interests=[
                InterestOut(
                    theme=interest.theme,
                    value=interest.value,
                    confidence=round(decayed(interest.confidence, interest.observed_at, now), 4),
                    confidence_then=interest.confidence,
                    source=interest.source,
                    observed_at=interest.observed_at,
                )
                for interest in profile.interests
            ],
        )


class FactOut(BaseModel):
    """One observation: what, of what, by whom, when it was made and when it reached us."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "interest",
                    "subject": "opera",
                    "number": 0.75,
                    "choice": None,
                    "confidence": 0.9,
                    "source": "self",
                    "observed_at": "2026-03-02T09:00:00Z",
                    "recorded_at": "2026-03-02T09:00:00Z",
                    "happened_at": None,
                    "detail": {},
                }
            ]
        }
    )

    kind: FactKind
    subject: str
    number: float | None
    choice: str | None
    confidence: float
    source: FactSource
    observed_at: datetime
    recorded_at: datetime
    happened_at: datetime | None
    detail: dict[str, str | float | None]

    @classmethod
    def of(cls, fact: TimedFact) -> Self:
        return cls(
            kind=FactKind(fact.kind),
            subject=fact.subject,
            number=fact.number,
            choice=fact.choice,
            confidence=fact.confidence,
            source=FactSource(fact.source),
            observed_at=fact.observed_at,
            recorded_at=fact.recorded_at,
            happened_at=fact.happened_at,
            detail=json.loads(fact.detail) if fact.detail else {},
        )
