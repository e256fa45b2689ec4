"""The engine's whole state as plain values: what a snapshot holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kindred_matching.domain.commitments import Commitment
from kindred_matching.domain.exploration import Draw
from kindred_matching.domain.facts import Customer, Event
from kindred_matching.domain.market.state import Array
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.sweep import Sweep
from kindred_matching.domain.teaching import Taught
from kindred_matching.domain.wishes import Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineState:
    """What the engine knows. Customers and events stand at their places, None where a place is free.

    ``free_...`` lists tell in which order free places are given away, ``years`` in which column each calendar year is counted.
    ``accounts`` stand at their places as far as any rule limits them. ``draws`` are the pairs drawn by lot, ``drawn_in`` is the week
    in which was drawn last.
    """

    rules: Rules
    now: datetime
    customers: tuple[Customer | None, ...]
    free_customers: tuple[int, ...]
    events: tuple[Event | None, ...]
    free_events: tuple[int, ...]
    years: tuple[int, ...]
    commitments: tuple[Commitment, ...]
    wishes: tuple[Wish, ...] = ()
    accounts: tuple[UUID, ...] = ()
    taught: Taught = field(default_factory=Taught)
    sweep: Sweep = field(default_factory=Sweep)
    draws: tuple[Draw, ...] = ()
    drawn_in: str = ""

    def customer_ids(self) -> list[UUID | None]:
        """Who stands at each place."""
        return [None if one is None else one.id for one in self.customers]

    def event_ids(self) -> list[UUID | None]:
        """Which event stands at each place."""
        return [None if one is None else one.id for one in self.events]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything from which an engine goes on as if it had never stopped: what it knows, and its market's arrays by name."""

    state: EngineState
    market: Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a batch of inputs did, by identifier.

    ``touched`` are the customers whose matches have to be looked at, ``removed`` those who are forgotten. ``regiven`` are the
    events whose given seats have changed, ``taught`` the customers of whom something was learned. ``drawn`` are the pairs that
    were drawn by lot.
    """

    touched: tuple[UUID, ...]
    removed: tuple[UUID, ...]
    regiven: tuple[UUID, ...]
    taught: tuple[UUID, ...]
    drawn: tuple[Draw, ...] = ()


@dataclass(slots=True)
class Pending:
    """What has happened since the last settlement, to become the next."""

    touched: set[UUID] = field(default_factory=set)
    removed: set[UUID] = field(default_factory=set)
    regiven: set[UUID] = field(default_factory=set)
    taught: set[UUID] = field(default_factory=set)

    def touch(self, customers: Iterable[UUID | None]) -> None:
        """These may have other matches now; None is a place that nobody has."""
        self.touched.update(one for one in customers if one is not None)

    def settlement(self, drawn: tuple[Draw, ...]) -> Settlement:
        """All of it in order; nothing is pending then."""
        every = (self.touched, self.removed, self.regiven, self.taught)
        touched, removed, regiven, taught = (tuple(sorted(each)) for each in every)
        for each in every:
            each.clear()
        return Settlement(touched, removed, regiven, taught, drawn)
