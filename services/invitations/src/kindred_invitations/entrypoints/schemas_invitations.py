"""Invitations as the API speaks of them."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, model_validator
from pydantic.config import JsonDict

from kindred_common.contracts.vocabulary import DeclineReason, InvitationStep, Manner
from kindred_invitations.application.approve_invitation import Terms
from kindred_invitations.application.views import InvitationLine, StepLine, Track
from kindred_invitations.domain.invitation import Invitation
from kindred_invitations.entrypoints.schemas_events import EventName


class TermsIn(BaseModel):
    """How the customer is invited; what is left out follows his preference and the draft."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"manner": "phone", "seats": 2}]}
    )

    manner: Manner | None = None
    seats: StrictInt | None = Field(default=None, ge=1, le=2, description="2 with a companion.")

    def terms(self) -> Terms:
        return Terms(self.manner, self.seats)


class InviteIn(TermsIn):
    """A customer whom somebody picked himself."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "customer_id": "0190d5a2-7c1e-7b6a-9b0e-2f7f5a1f0c11",
                    "event_id": "0190d5a2-8f00-7b6a-9b0e-2f7f5a1f0c12",
                    "manner": "email",
                }
            ]
        },
    )

    customer_id: UUID
    event_id: UUID


class ApprovalsIn(TermsIn):
    """Many invitations to one event, approved in the order given as far as the seats go."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"invitation_ids": ["0190d5a2-8f00-7b6a-9b0e-2f7f5a1f0c13"]}]
        },
    )

    invitation_ids: list[UUID] = Field(min_length=1, max_length=500)


class ReplyIn(BaseModel):
    """What the customer answered to his account manager."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"accepts": False, "decline_reason": "date"}]},
    )

    accepts: StrictBool
    with_companion: StrictBool = False
    decline_reason: DeclineReason | None = None

    @model_validator(mode="after")
    def _reason_only_with_a_no(self) -> Self:
        if self.accepts and self.decline_reason is not None:
            raise ValueError("a reason belongs to a no")
        return self


class AttendanceIn(BaseModel):
    """Whether the guest came."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"attended": True}]})

    attended: StrictBool


ACCEPTED: JsonDict = {
    "id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a31",
    "customer_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a11",
    "event_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a21",
    "step": "accepted",
    "step_at": "2026-09-14T08:31:07Z",
    "seats": 2,
    "manner": "email",
    "score": 0.83,
    "decline_reason": None,
}

WITH_NAMES: JsonDict = ACCEPTED | {
    "event": {
        "event_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a21",
        "title": "Ajax - PSV from the business lounge",
        "kind": "sport",
        "starts_at": "2026-10-03T18:45:00Z",
        "zone": "Europe/Amsterdam",
    },
    "given_name": "Mira",
    "family_name": "Jansen",
    "account_name": "Waterwerken Noord",
    "delivery": {
        "result": "sent",
        "rule": None,
        "at": "2026-09-12T09:00:02Z",
        "allowed_from": None,
    },
}

WITH_STEPS: JsonDict = WITH_NAMES | {
    "steps": [
        {
            "number": 4,
            "step": "accepted",
            "at": "2026-09-14T08:31:07Z",
            "actor": "customer",
            "source": "self",
            "seats": 2,
            "manner": "email",
            "decline_reason": None,
            "rule": None,
        }
    ]
}


class InvitationOut(BaseModel):
    """An invitation as it stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [ACCEPTED]})

    id: UUID
    customer_id: UUID
    event_id: UUID
    step: InvitationStep
    step_at: datetime
    seats: int
    manner: Manner
    score: float | None
    decline_reason: DeclineReason | None

    @classmethod
    def of(cls, invitation: Invitation) -> Self:
        return cls.model_validate(invitation, from_attributes=True)


class ReplyOut(InvitationOut):
    """The invitation after a reply; ``alone``: there was no seat for the companion."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [ACCEPTED | {"seats": 1, "alone": True}]}
    )

    alone: bool = False


class DeliveryOut(BaseModel):
    """What became of the message that invites; ``rule`` says what held it back."""

    result: str | None
    rule: str | None
    at: datetime | None
    allowed_from: datetime | None


class InvitationItem(InvitationOut):
    """An invitation with its event, its guest and its delivery."""

    model_config = ConfigDict(json_schema_extra={"examples": [WITH_NAMES]})

    event: EventName
    given_name: str | None
    family_name: str | None
    account_name: str | None
    delivery: DeliveryOut

    @classmethod
    def of_line(cls, line: InvitationLine) -> Self:
        return cls(
            **InvitationOut.of(line.invitation).model_dump(),
            event=EventName.model_validate(line.event, from_attributes=True),
            given_name=line.given_name,
            family_name=line.family_name,
            account_name=line.account_name,
            delivery=DeliveryOut.model_validate(line.delivery, from_attributes=True),
        )


class StepOut(BaseModel):
    """One step of an invitation's life, with who took it and the rule behind it."""

    number: int
    step: InvitationStep
    at: datetime
    actor: str
    source: str
    seats: int
    manner: Manner
    decline_reason: DeclineReason | None
    rule: str | None

    @classmethod
    def of(cls, line: StepLine) -> Self:
        return cls.model_validate(line, from_attributes=True)


class TrackOut(InvitationItem):
    """An invitation with each step it took."""

    model_config = ConfigDict(json_schema_extra={"examples": [WITH_STEPS]})

    steps: list[StepOut]

    @classmethod
    def of_track(cls, track: Track) -> Self:
        return cls(
            **InvitationItem.of_line(track.line).model_dump(),
            steps=[StepOut.of(step) for step in track.steps],
        )


class ApprovalOut(BaseModel):
    """What became of one of many: 200 with the invitation, else the status and problem it would have got alone."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "invitation_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a31",
                    "status": 409,
                    "problem": "no-seat-left",
                    "detail": "No seat is left",
                    "invitation": None,
                }
            ]
        }
    )

    invitation_id: UUID
    status: int
    problem: str | None = None
    detail: str | None = None
    invitation: InvitationOut | None = None


class ApprovalsOut(BaseModel):
    """What became of each, in the order asked for."""

    items: list[ApprovalOut]
