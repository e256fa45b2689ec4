"""Messages whose sender died: put back when surely not sent, else uncertain."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from kindred_outreach.application.outcomes import outcome
from kindred_outreach.application.ports import Stores
from kindred_outreach.domain.messages import Message, State

LEASE = timedelta(minutes=5)
"""Longer than any attempt can take, all its time-outs together."""


async def recover_messages(stores: Stores, now: datetime) -> Sequence[Message]:
    """Settles what was claimed longer ago than an attempt can take; returns what became of it."""
    recovered = [
        _given_up(message, now) for message in await stores.messages.lock_abandoned(now - LEASE)
    ]
    for message in recovered:
        await stores.messages.save(message)
        if message.state is State.UNCERTAIN:
            await stores.publisher.publish([outcome(message)])
        else:
            await stores.contacts.release(message.id)
    return recovered


def _given_up(message: Message, now: datetime) -> Message:
    if message.state is State.HANDED_OVER:
        return replace(message, state=State.UNCERTAIN, changed_at=now)
    return replace(message, state=State.WAITING, attempt_id=None, due_at=now, changed_at=now)
