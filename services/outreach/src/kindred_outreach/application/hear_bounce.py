"""A mail provider tells that a message came back, or that the customer complained about it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from kindred_common.contracts.record import Cause
from kindred_common.contracts.vocabulary import ConsentState
from kindred_outreach.application.outcomes import outcome
from kindred_outreach.application.ports import Stores
from kindred_outreach.application.state_consent import state_consent, unsubscription
from kindred_outreach.domain.consents import ALL
from kindred_outreach.domain.messages import Message, State

SOFT_BOUNCES = 3
SOFT_WINDOW = timedelta(days=30)


class BounceKind(StrEnum):
    """Hard: the address does not exist. Soft: not now. Complaint: the customer called it spam."""

    HARD = "hard"
    SOFT = "soft"
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True)
class Bounce:
    """What came back; ``address`` is where the message went, if the provider says so."""

    message_id: UUID
    kind: BounceKind
    address: str | None = None


async def hear_bounce(stores: Stores, bounce: Bounce, now: datetime, cause: Cause) -> bool:
    """Marks the message bounced and lets the address or the customer rest; False when there is no such message.

    Three soft bounces in 30 days count as a hard one. A complaint is an objection to everything.
    """
    message = await stores.messages.lock(bounce.message_id)
    if message is None:
        return False
    if bounce.kind is BounceKind.COMPLAINT:
        change = unsubscription(
            message.customer_id, ALL, ConsentState.OBJECTED, "mail-complaint", now
        )
        await state_consent(stores, change, cause)
        return True
    address = bounce.address or await _address_of(stores, message.customer_id)
    if address is not None:
        await _rest_address(stores, bounce, address, now)
    await _mark_bounced(stores, message, bounce.kind, now)
    return True


async def _address_of(stores: Stores, customer_id: UUID) -> str | None:
    recipient = await stores.recipients.find(customer_id)
    return None if recipient is None else recipient.address


async def _rest_address(stores: Stores, bounce: Bounce, address: str, now: datetime) -> None:
    if bounce.kind is BounceKind.HARD:
        await stores.suppressions.add(address, "hard_bounce", now)
        return
    since = now - SOFT_WINDOW
    noted = await stores.suppressions.note_soft_bounce(bounce.message_id, address, now, since)
    if noted >= SOFT_BOUNCES:
        await stores.suppressions.add(address, "soft_bounces", now)


async def _mark_bounced(stores: Stores, message: Message, kind: BounceKind, now: datetime) -> None:
    if message.state not in (State.SENT, State.UNCERTAIN):
        return
    bounced = replace(message, state=State.BOUNCED, rule=f"{kind}_bounce", changed_at=now)
    await stores.messages.save(bounced)
    await stores.contacts.release(message.id)
    await stores.publisher.publish([outcome(bounced)])
