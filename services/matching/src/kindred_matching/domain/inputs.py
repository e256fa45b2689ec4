"""Everything that can happen to the engine. Inputs are journalled in the order in which they are applied."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kindred_matching.domain.facts import Customer, Event
from kindred_matching.domain.rules import Rules


@dataclass(frozen=True, slots=True)
class CustomerReplaced:
    """The customer is as told here, whatever was known before."""

    customer: Customer


@dataclass(frozen=True, slots=True)
class CustomerRemoved:
    """The customer is to be forgotten."""

    customer_id: UUID


@dataclass(frozen=True, slots=True)
class EventReplaced:
    """The event is as told here: new, changed, moved, with other seats, or cancelled (not open)."""

    event: Event


@dataclass(frozen=True, slots=True)
class EventRemoved:
    """The event is to be forgotten."""

    event_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationStepped:
    """An invitation took a step; what it tells of the event serves until the event itself is known."""

    customer_id: UUID
    event_id: UUID
    step: str
    seats: int
    starts_at: datetime
    ends_at: datetime
    cost: int


@dataclass(frozen=True, slots=True)
class RematchAsked:
    """Somebody wants a fresh look at this customer's matches."""

    customer_id: UUID


@dataclass(frozen=True, slots=True)
class ClockTicked:
    """Time went on: events that have begun are past."""

    now: datetime


@dataclass(frozen=True, slots=True)
class RulesReplaced:
    """A new model epoch: other limits or coefficients, so that every pair is scored again."""

    rules: Rules


Input = (
    CustomerReplaced
    | CustomerRemoved
    | EventReplaced
    | EventRemoved
    | InvitationStepped
    | RematchAsked
    | ClockTicked
    | RulesReplaced
)
