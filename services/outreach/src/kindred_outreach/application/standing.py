"""What the rules need to know of a customer."""

from datetime import datetime, timedelta
from uuid import UUID

from kindred_outreach.application.ports import Stores
from kindred_outreach.domain.recipients import Recipient
from kindred_outreach.domain.rules import Standing

LOOK_BACK = timedelta(days=62)


async def standing_of(
    stores: Stores, recipient: Recipient, now: datetime, *, but: UUID | None = None
) -> Standing:
    """Everything the rules look at, without the contact moments of the message ``but``."""
    address = recipient.address
    return Standing(
        recipient=recipient,
        statements=await stores.consents.of(recipient.customer_id),
        suppressed=await stores.suppressions.find(address) if address else None,
        moments=await stores.contacts.of(recipient.customer_id, now - LOOK_BACK, but=but),
    )
