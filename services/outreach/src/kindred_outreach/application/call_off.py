"""Something is cancelled or taken back before the customer heard of it: what has not gone out stays in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from kindred_outreach.application.outcomes import outcome
from kindred_outreach.application.ports import Stores
from kindred_outreach.domain.messages import CALLED_OFF, WITHDRAWN, Message, State

_NOT_HEARD = frozenset({State.SKIPPED, State.BOUNCED})
_NOT_OUT = frozenset({State.WAITING, State.CLAIMED, State.TASK})
"""A sender who has claimed a message asks once more before he hands it over, and finds it gone."""

_ON_ITS_WAY = frozenset({State.HANDED_OVER, State.UNCERTAIN})
"""Nobody knows yet whether it reaches the customer. If it surely does not, it is not tried again."""


async def call_off(stores: Stores, cancellation: Message) -> None:
    """Takes back invitations and confirmations that wait; a customer who heard of nothing hears of no cancellation either."""
    now = cancellation.requested_at
    about = await stores.messages.lock_about(cancellation.customer_id, cancellation.subject)
    await _take_back(stores, about, CALLED_OFF, now)
    pending = [message for message in about if message.state in _NOT_OUT]
    heard = [m for m in about if m not in pending and m.state not in _NOT_HEARD]
    if pending and not heard:
        await _skip(stores, cancellation, CALLED_OFF, now)


async def withdraw(stores: Stores, customer_id: UUID, subject: str, now: datetime) -> None:
    """Takes back invitations and confirmations about ``subject`` that have not gone out."""
    about = await stores.messages.lock_about(customer_id, subject)
    await _take_back(stores, about, WITHDRAWN, now)


async def _take_back(stores: Stores, about: Sequence[Message], rule: str, now: datetime) -> None:
    for message in about:
        if message.state in _NOT_OUT:
            await _skip(stores, message, rule, now)
        elif message.state in _ON_ITS_WAY:
            await stores.messages.save(replace(message, rule=rule))


async def _skip(stores: Stores, message: Message, rule: str, now: datetime) -> None:
    if message.state is State.TASK:
        await stores.tasks.drop(message.id)
    await stores.contacts.release(message.id)
    skipped = replace(
        message, state=State.SKIPPED, rule=rule, allowed_from=None, attempt_id=None, changed_at=now
    )
    await stores.messages.save(skipped)
    await stores.publisher.publish([outcome(skipped)])
