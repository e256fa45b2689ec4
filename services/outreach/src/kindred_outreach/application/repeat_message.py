"""An operator has a message tried again that was skipped, bounced or is uncertain."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from kindred_outreach.application.ports import Stores
from kindred_outreach.domain.messages import REPEATABLE, TAKEN_BACK, Message, State


class NotRepeatable(Exception):  # noqa: N818 - says what is the case
    """The message is on its way, was sent, waits already, or was taken back."""


async def repeat_message(stores: Stores, message_id: UUID, now: datetime) -> Message | None:
    """Makes the message wait again, by all rules; None when there is no such message.

    Raises:
        NotRepeatable: trying it again could send it twice, or who asked for it has taken it back.
    """
    message = await stores.messages.lock(message_id)
    if message is None:
        return None
    if message.state not in REPEATABLE:
        raise NotRepeatable(f"The message is {message.state}.")
    if message.rule in TAKEN_BACK:
        raise NotRepeatable("It was called off by those who asked for it.")
    again = replace(
        message,
        state=State.WAITING,
        rule=None,
        allowed_from=None,
        attempt_id=None,
        refusals=0,
        due_at=now,
        changed_at=now,
    )
    await stores.messages.save(again)
    return again
