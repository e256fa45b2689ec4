"""Decisions that wait, as the API shows them."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from kindred_invitations.domain.decisions import DecisionKind


class DecisionOut(BaseModel):
    """A decision with its value and the reason in a sentence, in the language asked for."""

    id: UUID
    kind: DecisionKind
    value: float = Field(description="What deciding it now is worth; 1 is an ordinary account at stake.")
    reason: str = Field(
        examples=["Fits best of what is on offer: score 0.83. 12 seats are left; it begins on 3 October 2026."]
    )
    customer_id: UUID
    given_name: str | None = None
    family_name: str | None = None
    account_name: str | None = None
    invitation_id: UUID | None = Field(description="What it is about, unless it is the customer himself.")
    event_id: UUID | None
    event_title: str | None
    event_starts_at: datetime | None
    since: datetime


class MyDayOut(BaseModel):
    """The ten most valuable decisions, most valuable first."""

    items: list[DecisionOut]
