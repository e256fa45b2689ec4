"""Profile tells who a customer is."""

from datetime import datetime
from uuid import UUID

from kindred_outreach.application.ports import Stores
from kindred_outreach.application.prepare_message import UNKNOWN
from kindred_outreach.domain.recipients import Recipient


async def learn_details(stores: Stores, recipient: Recipient, now: datetime) -> None:
    """Keeps the details; messages that waited for them are due now."""
    await stores.messages.wake(recipient.customer_id, UNKNOWN, now)
    await stores.recipients.put(recipient)


async def forget_details(stores: Stores, customer_id: UUID) -> None:
    """Removes the details: the customer cannot be written to any more."""
    await stores.recipients.remove(customer_id)
