"""What the use cases need from the world, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kindred_common.clock import Ids
from kindred_common.contracts.codec import Outgoing
from kindred_feedback.domain.feedback import Feedback
from kindred_feedback.domain.guest import Guest, KnownCustomer, KnownEvent


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose customers may be seen: all, or those of one account manager and his teams."""

    everything: bool
    manager: str = ""
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which feedback is looked for; ``after`` is the last one seen."""

    customer_id: UUID | None = None
    event_id: UUID | None = None
    after: UUID | None = None
    limit: int = 50


class Guests(Protocol):
    """Who was at which event."""

    async def note(self, guest: Guest) -> None:
        """Keeps what was last seen of a guest; an older sighting changes nothing."""
        ...

    async def lock(self, invitation_id: UUID) -> Guest | None: ...

    async def asked(self, guest: Guest, message_id: UUID, request_id: str, now: datetime) -> None:
        """Notes that he was asked, and by which record."""
        ...

    async def follow(self, message_id: UUID, status: str, rule: str | None) -> None:
        """Notes what became of the message that asks."""
        ...


class Feedbacks(Protocol):
    """What guests said."""

    async def save(self, feedback: Feedback) -> None: ...

    async def find(self, invitation_id: UUID) -> Feedback | None: ...

    async def page(self, sight: Sight, wanted: Wanted) -> Sequence[Feedback]:
        """Feedback in the order of the invitations' ids."""
        ...


class Directory(Protocol):
    """Events and customers as other services tell them."""

    async def know_event(self, event: KnownEvent) -> None: ...

    async def know_customer(self, customer: KnownCustomer) -> None: ...

    async def forget_customer(self, customer_id: UUID) -> None: ...

    async def event(self, event_id: UUID) -> KnownEvent | None: ...

    async def customer(self, customer_id: UUID) -> KnownCustomer | None: ...


class Links(Protocol):
    """Personal links to the page of one invitation."""

    async def create(self, guest: Guest, expires_at: datetime, now: datetime) -> str:
        """A new link's address."""
        ...

    async def opened_by(self, token: str, now: datetime) -> UUID | None:
        """The invitation that the token opens."""
        ...


class Planner(Protocol):
    """Timed work."""

    async def ask(self, invitation_id: UUID, due_at: datetime) -> None:
        """Plans the question to a guest, once."""
        ...


class Publisher(Protocol):
    """What leaves the service when the transaction commits."""

    async def publish(self, records: Sequence[Outgoing]) -> list[UUID]:
        """Returns the ids that the records get."""
        ...


@dataclass(frozen=True, slots=True)
class Stores:
    """Everything of one transaction."""

    guests: Guests
    feedbacks: Feedbacks
    directory: Directory
    links: Links
    planner: Planner
    publisher: Publisher
    ids: Ids
