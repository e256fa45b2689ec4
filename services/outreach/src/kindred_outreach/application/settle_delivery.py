"""The two steps around the mail server: the hand-over before, the settlement after."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from kindred_outreach.application.outcomes import TOLD, outcome
from kindred_outreach.application.ports import Stores
from kindred_outreach.domain.deliveries import Delivery, settle
from kindred_outreach.domain.letters import Mail
from kindred_outreach.domain.messages import Message, State


async def hand_over(stores: Stores, claimed: Message, now: datetime) -> bool:
    """Marks that the message goes out now; False when the attempt is not ours any more."""
    message = _ours(await stores.messages.lock(claimed.id), claimed.attempt_id)
    if message is None or message.state is not State.CLAIMED:
        return False
    await stores.messages.save(replace(message, state=State.HANDED_OVER, changed_at=now))
    return True


async def settle_delivery(
    stores: Stores, claimed: Message, mail: Mail, delivery: Delivery, now: datetime
) -> Message | None:
    """Writes how the attempt ended and tells it; None when the attempt is not ours any more.

    An answer that comes after the message was given up as uncertain still counts: it is the same attempt.
    """
    message = _ours(await stores.messages.lock(claimed.id), claimed.attempt_id)
    if message is None or delivery is Delivery.LOST:
        return None
    settlement = settle(message, delivery, now)
    settled = replace(
        message,
        state=settlement.state,
        rule=settlement.rule,
        due_at=settlement.due_at or message.due_at,
        refusals=settlement.refusals,
        changed_at=now,
    )
    await stores.messages.save(settled)
    if not settlement.counts_as_contact:
        await stores.contacts.release(message.id)
    if delivery is Delivery.NO_SUCH_ADDRESS:
        await stores.suppressions.add(mail.to_address, "hard_bounce", now)
    if settled.state in TOLD:
        await stores.publisher.publish([outcome(settled)])
    return settled


def _ours(message: Message | None, attempt_id: UUID | None) -> Message | None:
    """The message if it is still in the hands of this attempt."""
    in_hand = (State.CLAIMED, State.HANDED_OVER, State.UNCERTAIN)
    if message is None or message.attempt_id != attempt_id or message.state not in in_hand:
        return None
    return message
