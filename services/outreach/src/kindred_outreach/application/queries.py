"""What can be asked about messages and tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kindred_common.security.principals import Principal
from kindred_outreach.domain.messages import Message
from kindred_outreach.domain.tasks import CallTask


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """Which messages are asked for; ``after`` is the id of the last one seen."""

    customer_id: UUID | None = None
    state: str | None = None
    after: UUID | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks are asked for; ``after`` is the id of the last one seen."""

    done: bool = False
    after: UUID | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class TaskWithPerson:
    """A task with what is needed to reach the person."""

    task: CallTask
    customer_name: str
    phone: str | None
    account_name: str | None


@dataclass(frozen=True, slots=True)
class SendingStatus:
    """How sending is doing: messages by state, the oldest that is due, how current our copies are by topic."""

    states: Mapping[str, int]
    oldest_due: datetime | None
    current_until: Mapping[str, datetime | None]


class Queries(Protocol):
    """Reads, limited to what the principal may see."""

    async def messages(self, principal: Principal, wanted: MessageFilter) -> Sequence[Message]:
        """The newest first."""
        ...

    async def message(self, principal: Principal, message_id: UUID) -> Message | None: ...

    async def tasks(self, principal: Principal, wanted: TaskFilter) -> Sequence[TaskWithPerson]:
        """The oldest first."""
        ...

    async def task(self, principal: Principal, task_id: UUID) -> TaskWithPerson | None: ...

    async def sees(self, principal: Principal, customer_id: UUID) -> bool:
        """Whether the customer is known and may be shown."""
        ...

    async def open_messages(self) -> Mapping[str, int]:
        """How many messages are not finished, by state."""
        ...

    async def status(self, now: datetime) -> SendingStatus: ...
