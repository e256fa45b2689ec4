"""What the API takes and gives."""

import re
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from kindred_common.contracts.topics import CUSTOMER_DETAILS
from kindred_outreach.application.hear_bounce import BounceKind
from kindred_outreach.application.queries import TaskWithPerson
from kindred_outreach.domain.messages import Message, State

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


SKIPPED: JsonDict = {
    "id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a61",
    "customer_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a11",
    "purpose": "event_invitation",
    "occasion": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a21",
    "message_class": "relationship",
    "manner": "email",
    "state": "skipped",
    "rule": "weekly_cap",
    "why": "The customer had a message of this kind less than a week ago.",
    "allowed_from": "2026-09-18T09:00:00Z",
    "requested_at": "2026-09-14T08:31:07Z",
    "changed_at": "2026-09-14T08:31:08Z",
    "not_after": "2026-10-03T18:45:00Z",
}


class MessageOut(BaseModel):
    """A message and where it stands; `why` tells in words what `rule` names."""

    model_config = ConfigDict(json_schema_extra={"examples": [SKIPPED]})

    id: UUID
    customer_id: UUID
    purpose: str
    occasion: str = Field(description="With customer and purpose, what makes the message one.")
    message_class: str
    manner: str
    state: State
    rule: str | None = Field(description="Why it is skipped or waits.")
    why: str | None
    allowed_from: datetime | None = Field(description="When the rule ends, if that is known.")
    requested_at: datetime
    changed_at: datetime
    not_after: datetime | None

    @classmethod
    def of(cls, message: Message, why: str | None) -> "MessageOut":
        return cls(
            id=message.id,
            customer_id=message.customer_id,
            purpose=message.purpose,
            occasion=message.occasion,
            message_class=message.message_class,
            manner=message.manner,
            state=message.state,
            rule=message.rule,
            why=why,
            allowed_from=message.allowed_from,
            requested_at=message.requested_at,
            changed_at=message.changed_at,
            not_after=message.not_after,
        )


class FindingOut(BaseModel):
    """A rule that stands in the way."""

    rule: str
    why: str | None
    allowed_from: datetime | None = Field(description="When it ends by itself, if it does.")


class ClassPressureOut(BaseModel):
    """May a message of this class go out now? The first finding decides."""

    message_class: str
    allowed: bool
    findings: list[FindingOut]


class MomentOut(BaseModel):
    """A message that counts."""

    message_class: str
    at: datetime


class ContactPressureOut(BaseModel):
    """Why not now: what would happen to a message, what counted, and what waits."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "customer_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a11",
                    "classes": [
                        {
                            "message_class": "relationship",
                            "allowed": False,
                            "findings": [
                                {
                                    "rule": "weekly_cap",
                                    "why": "The customer had a message of this kind less than a week ago.",
                                    "allowed_from": "2026-09-18T09:00:00Z",
                                }
                            ],
                        },
                        {"message_class": "service", "allowed": True, "findings": []},
                    ],
                    "moments": [{"message_class": "relationship", "at": "2026-09-11T09:00:00Z"}],
                    "waiting": [],
                }
            ]
        }
    )

    customer_id: UUID
    classes: list[ClassPressureOut]
    moments: list[MomentOut]
    waiting: list[MessageOut]


class TaskOut(BaseModel):
    """A message that a person brings; `words` is what a mail would have said."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a81",
                    "message_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a61",
                    "customer_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a11",
                    "customer_name": "Mira Jansen",
                    "account_name": "Waterwerken Noord",
                    "phone": "+31 20 555 01 23",
                    "manner": "phone",
                    "purpose": "event_invitation",
                    "subject": "Invitation: Ajax - PSV",
                    "words": "We would very much like to welcome you at “Ajax - PSV”.",
                    "created_at": "2026-09-14T08:31:08Z",
                    "done_at": None,
                    "done_by": None,
                }
            ]
        }
    )

    id: UUID
    message_id: UUID
    customer_id: UUID
    customer_name: str
    account_name: str | None
    phone: str | None
    manner: str
    purpose: str
    subject: str
    words: str
    created_at: datetime
    done_at: datetime | None
    done_by: str | None

    @classmethod
    def of(cls, found: TaskWithPerson) -> "TaskOut":
        task = found.task
        return cls(
            id=task.id,
            message_id=task.message_id,
            customer_id=task.customer_id,
            customer_name=found.customer_name,
            account_name=found.account_name,
            phone=found.phone,
            manner=task.manner,
            purpose=task.purpose,
            subject=task.subject,
            words=task.words,
            created_at=task.created_at,
            done_at=task.done_at,
            done_by=task.done_by,
        )


def _message_id(text: str) -> str:
    if _UUID.search(text) is None:
        raise ValueError("is neither an id nor a Message-ID of ours")
    return text


class BounceIn(BaseModel):
    """What a mail provider reports."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "message_id": "<0199a0c8-7d1e-7a55-9d5c-5f0a4f6a1b2c@kindred.example>",
                    "kind": "hard",
                    "address": "a.jansen@customer.example",
                }
            ]
        }
    )

    message_id: Annotated[str, AfterValidator(_message_id)] = Field(
        max_length=400, description="Our id, or the Message-ID header of the mail."
    )
    kind: BounceKind
    address: str | None = Field(
        default=None, max_length=254, description="Where it went; else the customer's address now."
    )

    @property
    def id(self) -> UUID:
        """The message that is meant."""
        found = _UUID.search(self.message_id)
        if found is None:
            raise ValueError("has been checked")
        return UUID(found.group())


class CopyOut(BaseModel):
    """How current our copy of a topic is."""

    topic: str
    current_until: datetime | None
    age_seconds: float | None


class StatusOut(BaseModel):
    """How sending is doing; `held` means that nothing goes out because a copy is too old."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "held": False,
                    "messages": {"waiting": 3, "sent": 412, "skipped": 57},
                    "oldest_due": "2026-09-14T08:30:00Z",
                    "copies": [
                        {
                            "topic": CUSTOMER_DETAILS.name,
                            "current_until": "2026-09-14T08:30:41Z",
                            "age_seconds": 26.4,
                        }
                    ],
                }
            ]
        }
    )

    held: bool
    messages: dict[str, int] = Field(description="How many, by state.")
    oldest_due: datetime | None
    copies: list[CopyOut]
