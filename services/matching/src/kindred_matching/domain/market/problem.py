"""What the market is told: customers, events, rows of options, and what limits them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

NO_CONFLICTS = np.zeros((0, 2), dtype=np.int64)
NO_FLOATS = np.zeros(0)
NO_LIMIT = np.inf
NO_MAXIMUM = 1 << 30
"""More guests of one account than any event has."""


class Row(NamedTuple):
    """A customer's eligible options: events, seats each takes (1 or 2), weights, and costs (empty: the events' own)."""

    event: Integers
    seats: Integers
    weight: Floats
    cost: Floats = NO_FLOATS


class Column(NamedTuple):
    """Many customers' options of one event, at its own cost: customers, seats each takes (1 or 2), and weights."""

    customer: Integers
    seats: Integers
    weight: Floats


class Offer(NamedTuple):
    """What a fixed pair is: seats, weight and cost."""

    seats: int
    weight: float
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class EventDetails:
    """One event: seats in all, [start, end), cost a seat, the column of its year, and what else it excludes."""

    seats: int
    start: int
    end: int
    cost: float = 0.0
    year: int = 0
    conflicts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Events:
    """The events, by place: seats in all, [start, end) in epoch seconds, cost a seat, and the column of their year."""

    seats: Integers
    start: Integers
    end: Integers
    cost: Floats
    year: Integers

    def __len__(self) -> int:
        return len(self.seats)


@dataclass(frozen=True, slots=True)
class Customers:
    """The customers, by place: invitations allowed, account (-1: none), hospitality a year in units of cost."""

    cap: Integers
    account: Integers
    hospitality: Floats  # [U, Y]

    def __len__(self) -> int:
        return len(self.cap)


@dataclass(frozen=True, slots=True)
class Limits:
    """What limits many customers together; what is not limited is infinite, or -1 for ``account_max``."""

    account_max: int = -1
    account_hospitality: Floats = field(default_factory=lambda: np.zeros((0, 1)))  # [A, Y]
    budget: float = NO_LIMIT
    conflicts: Integers = field(default_factory=lambda: NO_CONFLICTS)  # [C, 2] beside overlaps


@dataclass(frozen=True, slots=True)
class Programme:
    """A whole allocation problem; ``rows`` yields each customer's row, in order of places, once."""

    customers: Customers
    events: Events
    limits: Limits
    rows: Iterable[Row]
    columns: int
    longest_row: int
    weight_type: type = np.float64
    cost_by_pair: bool = False
