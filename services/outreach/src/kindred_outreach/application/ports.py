"""What outreach's use cases need from outside; each store works in one transaction."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kindred_common.contracts.codec import Outgoing
from kindred_outreach.domain.consents import Statement, Statements
from kindred_outreach.domain.deliveries import Delivery
from kindred_outreach.domain.letters import Letter, Mail
from kindred_outreach.domain.messages import Message
from kindred_outreach.domain.pressure import ContactMoment
from kindred_outreach.domain.recipients import Recipient
from kindred_outreach.domain.tasks import CallTask


class Messages(Protocol):
    """The messages; what is locked stays so until the transaction ends."""

    async def add(self, message: Message) -> bool:
        """Keeps a new message; False when its id or identity is known already."""
        ...

    async def find(self, message_id: UUID) -> Message | None: ...

    async def lock(self, message_id: UUID) -> Message | None: ...

    async def lock_same(self, message: Message) -> Message | None:
        """The message with the same customer, purpose and occasion."""
        ...

    async def lock_due(self, now: datetime) -> Message | None:
        """The waiting message that is due longest and that nobody else has locked."""
        ...

    async def lock_abandoned(self, before: datetime) -> Sequence[Message]:
        """Messages claimed or handed over before a moment and never settled."""
        ...

    async def lock_about(self, customer_id: UUID, subject: str) -> Sequence[Message]:
        """The customer's invitations and confirmations about something."""
        ...

    async def save(self, message: Message) -> None:
        """Writes what can change: state, rule, times, attempt, and what the request says."""
        ...

    async def wake(self, customer_id: UUID, rule: str, now: datetime) -> None:
        """Makes the customer's messages due that wait for this reason, or may be about to."""
        ...


class Recipients(Protocol):
    """Customers' details, as profile published them last."""

    async def put(self, recipient: Recipient) -> None: ...

    async def remove(self, customer_id: UUID) -> None: ...

    async def find(self, customer_id: UUID) -> Recipient | None: ...

    async def lock(self, customer_id: UUID) -> Recipient | None:
        """The same; two messages to one customer are then judged one after the other."""
        ...


class Consents(Protocol):
    """What customers said last on each purpose."""

    async def put(self, customer_id: UUID, purpose: str, statement: Statement) -> None:
        """Keeps the statement unless a later one is known."""
        ...

    async def of(self, customer_id: UUID) -> Statements: ...


class Contacts(Protocol):
    """The contact moments that count for contact pressure."""

    async def reserve(self, message: Message, now: datetime) -> None: ...

    async def release(self, message_id: UUID) -> None: ...

    async def of(
        self, customer_id: UUID, since: datetime, *, but: UUID | None = None
    ) -> Sequence[ContactMoment]:
        """The customer's moments since then, without those of the message ``but``."""
        ...


class Suppressions(Protocol):
    """Addresses that are not written to, as their hashes."""

    async def find(self, address: str) -> str | None:
        """Why the address is suppressed; None when it is not."""
        ...

    async def add(self, address: str, reason: str, now: datetime) -> None: ...

    async def lift(self, address: str) -> bool: ...

    async def note_soft_bounce(
        self, message_id: UUID, address: str, now: datetime, since: datetime
    ) -> int:
        """Notes a temporary bounce of a message, once; returns how many the address had since then."""
        ...


class Tasks(Protocol):
    """Messages that a person brings."""

    async def add(self, task: CallTask) -> None: ...

    async def lock(self, task_id: UUID) -> CallTask | None: ...

    async def finish(self, task_id: UUID, by: str, now: datetime) -> None: ...

    async def drop(self, message_id: UUID) -> None:
        """Takes back what a message asked a person to do."""
        ...


class UnsubscribeLinks(Protocol):
    """Links by which a customer unsubscribes without a password."""

    async def create(self, message: Message, now: datetime) -> str:
        """The address of a new link."""
        ...


class Publisher(Protocol):
    """Publishes records when the transaction commits."""

    async def publish(self, records: Sequence[Outgoing]) -> None: ...


@dataclass(frozen=True, slots=True)
class Stores:
    """The stores of one transaction."""

    messages: Messages
    recipients: Recipients
    consents: Consents
    contacts: Contacts
    suppressions: Suppressions
    tasks: Tasks
    links: UnsubscribeLinks
    publisher: Publisher


class LetterWriter(Protocol):
    """Writes a letter in the recipient's language."""

    def write(self, message: Message, recipient: Recipient, unsubscribe: str | None) -> Letter:
        """Fills the template of the message's purpose.

        Raises:
            Incomplete: the request lacks something that the template needs.
        """
        ...


HandOver = Callable[[], Awaitable[bool]]
"""Called before a message goes out: commits that it does; False when the attempt is not ours any more."""


class MailServer(Protocol):
    """Takes mails."""

    async def deliver(self, mail: Mail, hand_over: HandOver) -> Delivery:
        """Tries once; every way in which it can end is a :class:`Delivery`."""
        ...
