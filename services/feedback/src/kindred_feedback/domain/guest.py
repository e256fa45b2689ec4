"""A guest who was seen at a moment, and how far we are with asking him."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Guest:
    """One guest at one event.

    ``themes`` weighs what the event was about, 0..1 each. ``correlation_id`` and ``causation_id`` name the record that his
    next act follows from: the attendance, later the request. ``asked_at`` is None until he was asked.
    """

    invitation_id: UUID
    customer_id: UUID
    event_id: UUID
    event_kind: str
    themes: tuple[tuple[str, float], ...]
    event_ends_at: datetime
    attended: bool
    seen_at: datetime
    correlation_id: str
    causation_id: str
    asked_at: datetime | None = None

    def ask_at(self, after: timedelta) -> datetime:
        """When to ask him: some time after the event, so that it has sunk in, but while it is fresh."""
        return self.event_ends_at + after

    @property
    def to_be_asked(self) -> bool:
        return self.attended and self.asked_at is None


@dataclass(frozen=True, slots=True)
class KnownEvent:
    """What the page and the message say of an event."""

    event_id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    place_name: str | None


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """How to speak to a customer, and whose customer he is."""

    customer_id: UUID
    language: str
    account_manager_id: str | None
    team: str | None
