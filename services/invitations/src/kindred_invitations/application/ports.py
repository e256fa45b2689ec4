"""What the use cases need from the outside; each is bound to one open transaction."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kindred_common.clock import Clock, Ids
from kindred_common.contracts.codec import Outgoing
from kindred_invitations.domain.event import Event
from kindred_invitations.domain.guests import Guest
from kindred_invitations.domain.invitation import Invitation
from kindred_invitations.domain.steps import Step


class Events(Protocol):
    """The catalogue. Whoever locks an event and invitations locks the event first."""

    async def find(self, event_id: UUID) -> Event | None: ...

    async def lock(self, event_id: UUID) -> Event:
        """Reads the event and keeps others from changing it; raises ``Unknown``."""
        ...

    async def lock_against_change(self, event_ids: Sequence[UUID]) -> dict[UUID, Event]:
        """Reads events that must not change before the transaction ends; several readers may do so at once."""
        ...

    async def add(self, event: Event) -> bool:
        """Adds an event; False when one with its id is there."""
        ...

    async def change(self, event: Event) -> Event:
        """Writes the planners' changes to a locked event and gives it its next version."""
        ...

    async def give(self, event_id: UUID, seats: int) -> Event:
        """Gives ``seats`` (takes them back when negative) by one conditional update.

        Raises:
            NoSeatLeft: fewer are free, or the event takes no guests; nothing was given.
        """
        ...


class Invitations(Protocol):
    """The invitations and the history of their steps."""

    async def find(self, invitation_id: UUID) -> Invitation | None: ...

    async def lock(self, invitation_id: UUID) -> Invitation:
        """Reads the invitation and keeps others from changing it; raises ``Unknown``."""
        ...

    async def lock_pair(self, customer_id: UUID, event_id: UUID) -> Invitation | None: ...

    async def lock_of_event(self, event_id: UUID, steps: Sequence[Step]) -> list[Invitation]: ...

    async def lock_all(self, invitation_ids: Sequence[UUID]) -> list[Invitation]: ...

    async def lock_of_customers(self, customer_ids: Sequence[UUID]) -> list[Invitation]: ...

    async def events_of_customers(self, customer_ids: Sequence[UUID]) -> set[UUID]: ...

    async def events_of(self, invitation_ids: Sequence[UUID]) -> set[UUID]: ...

    async def save(self, invitations: Sequence[Invitation]) -> None: ...

    async def note_steps(self, steps: Sequence["StepNote"]) -> None: ...


@dataclass(frozen=True, slots=True)
class StepNote:
    """One line of an invitation's history: the invitation after the step, who took it, and the rule behind it if any."""

    invitation: Invitation
    actor: str
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that was requested for an invitation, as its outcome finds it."""

    message_id: UUID
    invitation_id: UUID
    purpose: str
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message, by result and rule."""

    message_id: UUID
    result: str
    at: datetime
    rule: str | None = None
    allowed_from: datetime | None = None


class Messages(Protocol):
    """The messages requested for invitations, and what became of them."""

    async def add(self, messages: Sequence[SentMessage]) -> None: ...

    async def note(self, outcomes: Sequence[Outcome]) -> dict[UUID, SentMessage]:
        """Keeps the latest outcome of each message; returns the messages that are ours."""
        ...


class Guests(Protocol):
    """What the projections know of customers as guests."""

    async def find(self, customer_id: UUID) -> Guest | None: ...


class Links(Protocol):
    """Personal links to the reply page."""

    async def create(self, invitation: Invitation, expires_at: datetime) -> str:
        """Makes a link and returns its address."""
        ...

    async def extend(self, event_id: UUID, expires_at: datetime) -> None:
        """Lets the links of all guests of an event live on."""
        ...


Publish = Callable[[Sequence[Outgoing]], Awaitable[None]]
Announce = Callable[[Sequence[str]], Awaitable[None]]
"""Tells records that wait for ``kind:id`` that it has come into being."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """All that a use case works with, in one transaction. ``publish`` is called once, at its end."""

    events: Events
    invitations: Invitations
    messages: Messages
    guests: Guests
    links: Links
    publish: Publish
    announce: Announce
    clock: Clock
    ids: Ids
