"""A message that our own code fails on must not hold up the others."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from kindred_outreach.application.ports import Stores
from kindred_outreach.domain.messages import Message, State

TRIED_AGAIN_AFTER = timedelta(minutes=10)


async def put_aside(stores: Stores, message_id: UUID, now: datetime) -> Message | None:
    """Lets the message wait with the rule ``failed``, for someone to see; None when it does not wait any more."""
    message = await stores.messages.lock(message_id)
    if message is None or message.state is not State.WAITING:
        return None
    aside = replace(message, rule="failed", due_at=now + TRIED_AGAIN_AFTER, changed_at=now)
    await stores.messages.save(aside)
    return aside
