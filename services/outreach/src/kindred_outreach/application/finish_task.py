"""An account manager has brought a message himself."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from kindred_outreach.application.outcomes import outcome
from kindred_outreach.application.ports import Stores
from kindred_outreach.domain.messages import State


async def finish_task(stores: Stores, task_id: UUID, by: str, now: datetime) -> None:
    """Marks the task done and the message sent; a second time changes nothing."""
    task = await stores.tasks.lock(task_id)
    if task is None or task.done_at is not None:
        return
    await stores.tasks.finish(task_id, by, now)
    message = await stores.messages.lock(task.message_id)
    if message is None or message.state is not State.TASK:
        return
    sent = replace(message, state=State.SENT, changed_at=now)
    await stores.messages.save(sent)
    await stores.publisher.publish([outcome(sent)])
