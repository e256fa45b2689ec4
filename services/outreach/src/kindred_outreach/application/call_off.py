"""Something is cancelled before the customer heard of it: what still waits does not go out any more."""

from dataclasses import replace
from datetime import datetime

from kindred_outreach.application.outcomes import outcome
from kindred_outreach.application.ports import Stores
from kindred_outreach.domain.messages import Message, State

CALLED_OFF = "called_off"
_NOT_HEARD = frozenset({State.SKIPPED, State.BOUNCED})


async def call_off(stores: Stores, cancellation: Message) -> None:
    """Takes back invitations and confirmations that wait; a customer who heard of nothing hears of no cancellation either."""
    now = cancellation.requested_at
    about = await stores.messages.lock_about(cancellation.customer_id, cancellation.subject)
    pending = [message for message in about if message.state in (State.WAITING, State.TASK)]
    for message in pending:
        await _skip(stores, message, now)
    heard = [m for m in about if m not in pending and m.state not in _NOT_HEARD]
    if pending and not heard:
        await _skip(stores, cancellation, now)


async def _skip(stores: Stores, message: Message, now: datetime) -> None:
    if message.state is State.TASK:
        await stores.tasks.drop(message.id)
        await stores.contacts.release(message.id)
    skipped = replace(
        message, state=State.SKIPPED, rule=CALLED_OFF, allowed_from=None, changed_at=now
    )
    await stores.messages.save(skipped)
    await stores.publisher.publish([outcome(skipped)])
