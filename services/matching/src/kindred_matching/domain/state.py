"""The engine's whole state as plain values: what a snapshot holds."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kindred_matching.domain.allocation import Choice
from kindred_matching.domain.commitments import Commitment
from kindred_matching.domain.facts import Customer, Event
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.teaching import Taught


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineState:
    """Everything from which an engine goes on as if it had never stopped.

    Customers and events stand at their places, None where a place is free; ``free_...`` lists tell in which order free
    places are given away.
    """

    rules: Rules
    now: datetime
    customers: tuple[Customer | None, ...]
    free_customers: tuple[int, ...]
    events: tuple[Event | None, ...]
    free_events: tuple[int, ...]
    commitments: tuple[Commitment, ...]
    chosen: tuple[Choice, ...]
    taught: Taught = field(default_factory=Taught)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a batch of inputs did, by identifier.

    ``touched`` are the customers whose matches have to be looked at, ``removed`` those who are forgotten. ``regiven`` are the
    events whose given seats have changed, ``taught`` the customers of whom something was learned.
    """

    touched: tuple[UUID, ...]
    removed: tuple[UUID, ...]
    regiven: tuple[UUID, ...]
    taught: tuple[UUID, ...]
