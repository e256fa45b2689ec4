"""Decisions that wait, as the API shows them."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from pydantic import BaseModel, Field

from kindred_common.contracts.profile import LiveSignal
from kindred_common.i18n.translator import Translator
from kindred_invitations.domain.decisions import Decision, DecisionKind
from kindred_invitations.entrypoints.reasons import reason_of


class DecisionOut(BaseModel):
    """A decision with its value and the reason in a sentence, in the language asked for."""

    id: UUID
    kind: DecisionKind
    value: float = Field(
        description="What deciding it now is worth; 1 is an ordinary account at stake."
    )
    reason: str = Field(
        examples=[
            "Fits best of what is on offer: score 0.83. 12 seats are left; it begins on 3 October 2026."
        ]
    )
    customer_id: UUID
    given_name: str | None = None
    family_name: str | None = None
    account_name: str | None = None
    invitation_id: UUID | None = Field(
        description="What it is about, unless it is the customer himself."
    )
    event_id: UUID | None
    event_title: str | None
    event_starts_at: datetime | None
    since: datetime


class MyDayOut(BaseModel):
    """The ten most valuable decisions, most valuable first."""

    items: list[DecisionOut]


class SignalsOut(BaseModel):
    """The live figures by name."""

    items: list[LiveSignal]


class Named(Protocol):
    """Whoever has a name, as far as we know it."""

    @property
    def given_name(self) -> str | None: ...
    @property
    def family_name(self) -> str | None: ...
    @property
    def account_name(self) -> str | None: ...


def decision_out(decision: Decision, customer: Named | None, speech: Translator) -> DecisionOut:
    """The decision in the reader's language, with the customer's name."""
    matter = decision.matter
    about_event = matter.kind is not DecisionKind.DETRACTOR
    return DecisionOut(
        id=decision.id,
        kind=matter.kind,
        value=decision.value,
        reason=reason_of(matter, speech),
        customer_id=matter.customer_id,
        given_name=customer.given_name if customer else None,
        family_name=customer.family_name if customer else None,
        account_name=customer.account_name if customer else None,
        invitation_id=matter.subject_id if about_event else None,
        event_id=matter.event_id,
        event_title=matter.event_title,
        event_starts_at=matter.event_starts_at,
        since=matter.since,
    )
