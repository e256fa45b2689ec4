"""Someone asks for a message."""

from dataclasses import replace

from kindred_outreach.application.call_off import call_off
from kindred_outreach.application.ports import Stores
from kindred_outreach.domain.messages import CANCELLATION, Message, State


class IdTaken(Exception):  # noqa: N818 - says what is the case
    """The message id belongs to another message."""


async def accept_request(stores: Stores, wanted: Message) -> None:
    """Keeps the message, once for each customer, purpose and occasion; one that was skipped gets a new chance.

    Raises:
        IdTaken: another message has this id.
    """
    if await stores.messages.add(wanted):
        if wanted.purpose == CANCELLATION:
            await call_off(stores, wanted)
        return
    known = await stores.messages.lock_same(wanted)
    if known is None:
        raise IdTaken
    if known.state is State.SKIPPED:
        await stores.messages.save(replace(wanted, id=known.id))
