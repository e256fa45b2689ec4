"""Decisions that wait, as the API shows them."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from kindred_common.contracts.profile import LiveSignal
from kindred_common.i18n.translator import Translator
from kindred_invitations.domain.decisions import Decision, DecisionKind
from kindred_invitations.entrypoints.reasons import reason_of

DECISION: JsonDict = {
    "id": "0198a6c2-7d10-5c55-9a3e-2f4f1f0e8a71",
    "kind": "approve_draft",
    "value": 1.2,
    "reason": "Ajax - PSV on 3 October 2026 fits this customer (score 0.83); 9 seats are left.",
    "customer_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a11",
    "given_name": "Mira",
    "family_name": "Jansen",
    "account_name": "Waterwerken Noord",
    "invitation_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a31",
    "event_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a21",
    "event_title": "Ajax - PSV",
    "event_starts_at": "2026-10-03T18:45:00Z",
    "since": "2026-09-11T07:02:00Z",
}


class DecisionOut(BaseModel):
    """A decision with its value and the reason in a sentence, in the language asked for."""

    model_config = ConfigDict(json_schema_extra={"examples": [DECISION]})

    id: UUID
    kind: DecisionKind
    value: float = Field(
        description="What deciding it now is worth; 1 is an ordinary account at stake."
    )
    reason: str
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

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "signal": "response-rate",
                            "value": 0.62,
                            "count": 118,
                            "window_start": "2026-09-14T07:30:00Z",
                            "window_end": "2026-09-14T08:30:00Z",
                        }
                    ]
                }
            ]
        }
    )

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
