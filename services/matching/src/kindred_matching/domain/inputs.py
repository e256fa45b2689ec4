"""Everything that can happen to the engine. Inputs are journalled in the order in which they are applied."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kindred_matching.domain.facts import Customer, Event
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.wishes import Wish


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
    """An invitation took a step; what it tells of the event serves until the event itself is known.

    ``manner`` is how the customer was asked, ``reason`` why he declined, as far as that is known.
    """

    customer_id: UUID
    event_id: UUID
    step: str
    seats: int
    starts_at: datetime
    ends_at: datetime
    cost: int
    manner: str | None = None
    reason: str | None = None


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
    """Other limits, other coefficients to begin from or other themes, so that every pair is scored again."""

    rules: Rules


@dataclass(frozen=True, slots=True)
class EpochBegun:
    """What was learned of everybody comes into use; ``asked_by`` is who wanted it, or the night."""

    asked_by: str


@dataclass(frozen=True, slots=True)
class SliceScored:
    """At most so many customers more are scored anew, for a model epoch that has begun or for what concerns everybody."""

    most: int


@dataclass(frozen=True, slots=True)
class WishMade:
    """Somebody wishes something for a pair, in place of what was wished for it before."""

    wish: Wish


@dataclass(frozen=True, slots=True)
class WishEnded:
    """Nothing is wished for the pair any longer."""

    customer_id: UUID
    event_id: UUID


Input = (
    CustomerReplaced
    | CustomerRemoved
    | EventReplaced
    | EventRemoved
    | InvitationStepped
    | RematchAsked
    | ClockTicked
    | RulesReplaced
    | EpochBegun
    | SliceScored
    | WishMade
    | WishEnded
)
