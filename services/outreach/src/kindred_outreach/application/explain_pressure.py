"""Why not now? What would happen to an invitation or a survey for this customer at this moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kindred_outreach.application.ports import Stores
from kindred_outreach.application.standing import standing_of
from kindred_outreach.domain.messages import EMAIL, RELATIONSHIP, SURVEY, Message, Origin
from kindred_outreach.domain.pressure import ContactMoment
from kindred_outreach.domain.rules import Finding, Policy, findings

_ASKED = ((RELATIONSHIP, "event_invitation"), (SURVEY, "survey_invitation"))


@dataclass(frozen=True, slots=True)
class Explanation:
    """By class of message, every rule that stands in the way now, the deciding one first; and what counted."""

    findings: dict[str, Sequence[Finding]]
    moments: Sequence[ContactMoment]


async def explain_pressure(
    stores: Stores, customer_id: UUID, policy: Policy, now: datetime
) -> Explanation | None:
    """Judges a message that nobody sends; None when the customer is not known."""
    recipient = await stores.recipients.find(customer_id)
    if recipient is None:
        return None
    standing = await standing_of(stores, recipient, now)
    return Explanation(
        findings={
            message_class: tuple(
                findings(_imagined(customer_id, message_class, purpose, now), standing, policy, now)
            )
            for message_class, purpose in _ASKED
        },
        moments=standing.moments,
    )


def _imagined(customer_id: UUID, message_class: str, purpose: str, now: datetime) -> Message:
    return Message(
        id=customer_id,
        customer_id=customer_id,
        purpose=purpose,
        occasion="",
        message_class=message_class,
        manner=EMAIL,
        requested_at=now,
        due_at=now,
        changed_at=now,
        origin=Origin(""),
    )
