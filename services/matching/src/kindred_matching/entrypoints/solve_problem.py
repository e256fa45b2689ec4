"""The problem file of the offline solver, checked and laid out for the market."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kindred_matching.domain.market.problem import (
    NO_CONFLICTS,
    NO_FLOATS,
    Customers,
    Events,
    Limits,
    Programme,
    Row,
)
from kindred_matching.entrypoints.solve_arrays import ArrayFile

MANY = 20_000_000
"""From so many pairs on, weights are kept with four bytes."""

UNLIMITED = 1 << 40

ACCOUNTS = 1 << 16
"""Accounts are numbered from 0; at least so many numbers may be used."""

NAMES = frozenset(
    [
        "customer_cap",
        "event_seats",
        "event_start",
        "event_end",
        "pair_customer",
        "pair_event",
        "pair_weight",
        "pair_seats",
        "pair_fixed",
        "customer_account",
        "conflict_a",
        "conflict_b",
        "stability",
        "budget",
    ]
)
TOGETHER = {"budget": "pair_cost", "customer_account": "account_event_max"}
"""The second is looked at if the first is there."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """All pairs by customer, then event: the row of customer u is [begin[u], begin[u + 1])."""

    begin: NDArray[np.int64]
    event: NDArray[Any]
    weight: NDArray[Any]
    seats: NDArray[np.int8] | None
    cost: NDArray[np.float64] | None
    fixed: NDArray[np.bool_] | None

    def rows(self) -> Iterator[Row]:
        for customer in range(len(self.begin) - 1):
            row = slice(self.begin[customer], self.begin[customer + 1])
            event = self.event[row].astype(np.int64)
            seats = (
                np.ones(len(event), np.int64)
                if self.seats is None
                else self.seats[row].astype(np.int64)
            )
            yield Row(
                event, seats, self.weight[row], NO_FLOATS if self.cost is None else self.cost[row]
            )

    def find(
        self, customer: int, events: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Where the customer's pairs with these events stand, and which of them there are."""
        begin, end = int(self.begin[customer]), int(self.begin[customer + 1])
        row = self.event[begin:end]
        places = np.searchsorted(row, events)
        there = places < len(row)
        there[there] = row[places[there]] == events[there]
        return begin + places, there


@dataclass(frozen=True, slots=True)
class Problem:
    """What PROBLEM.npz says; ``ignored`` has a line for each array that is not looked at."""

    programme: Programme
    pairs: Pairs
    stability: float
    has_accounts: bool
    has_budget: bool
    ignored: list[str]


def read_problem(file: ArrayFile) -> Problem:
    """Reads and checks the file; a fault is a :class:`InputError`."""
    cap = file.integers("customer_cap")
    events = _read_events(file, len(cap))
    file.within("customer_cap", cap, 0, 1 << 31)
    # More than there is to have is no limit, but would be room that is laid out.
    cap = np.minimum(cap, len(events))
    account, limits = _read_limits(file, len(cap), len(events))
    pairs = _read_pairs(file, len(cap), len(events))
    sizes = np.diff(pairs.begin)
    programme = Programme(
        Customers(cap.astype(np.int64), account, np.full((len(cap), 1), np.inf)),
        events,
        limits,
        pairs.rows(),
        columns=len(pairs.event),
        longest_row=max(len(events), int(sizes.max(initial=0))),
        weight_type=pairs.weight.dtype.type,
        cost_by_pair=pairs.cost is not None,
    )
    stability = file.scalar("stability", "fiu") if "stability" in file else 0.0
    known = NAMES | {second for first, second in TOGETHER.items() if first in file}
    return Problem(
        programme,
        pairs,
        stability,
        "customer_account" in file,
        "budget" in file,
        file.beside(known),
    )


def _read_events(file: ArrayFile, people: int) -> Events:
    seats = file.integers("event_seats")
    file.within("event_seats", seats, 0, 1 << 31)
    start = file.integers("event_start", len(seats)).astype(np.int64)
    end = file.integers("event_end", len(seats)).astype(np.int64)
    if (end <= start).any():
        raise file.fault("event_end", "is not after event_start")
    nothing = np.zeros(len(seats))
    # As for caps: beyond two a customer, and those of fixed pairs, seats are never short.
    seats = np.minimum(seats.astype(np.int64), 2 * people + 1)
    return Events(seats, start, end, nothing, nothing.astype(np.int64))


def _read_limits(file: ArrayFile, people: int, events: int) -> tuple[NDArray[np.int64], Limits]:
    account, most, accounts = np.full(people, -1, dtype=np.int64), UNLIMITED, 0
    if "customer_account" in file:
        account = file.integers("customer_account", people).astype(np.int64)
        file.within("customer_account", account, -1, max(people, ACCOUNTS))
        accounts = int(account.max(initial=-1)) + 1
        most = int(file.scalar("account_event_max", "iu"))
    conflicts = NO_CONFLICTS
    if "conflict_a" in file or "conflict_b" in file:
        one = file.integers("conflict_a")
        other = file.integers("conflict_b", len(one))
        file.within("conflict_a", one, 0, events)
        file.within("conflict_b", other, 0, events)
        conflicts = np.column_stack([one, other]).astype(np.int64)
    budget = file.scalar("budget", "fiu") if "budget" in file else np.inf
    return account, Limits(most, np.full((accounts, 1), np.inf), budget, conflicts)


def _read_pairs(file: ArrayFile, people: int, events: int) -> Pairs:
    customer = file.integers("pair_customer")
    number = len(customer)
    file.within("pair_customer", customer, 0, people)
    order = None if (np.diff(customer) >= 0).all() else np.argsort(customer, kind="stable")
    begin = np.zeros(people + 1, dtype=np.int64)
    np.cumsum(np.bincount(customer, minlength=people), out=begin[1:])
    del customer
    event = file.integers("pair_event", number)
    file.within("pair_event", event, 0, events)
    event = _in(order, event.astype(np.uint16 if events <= 1 << 15 else np.int32))
    order = _by_event(file, begin, event, order)
    weight = _in(order, file.floats("pair_weight", number))
    return Pairs(
        begin,
        event,
        weight.astype(np.float32 if number > MANY else np.float64, copy=False),
        _read_seats(file, number, order),
        _read_costs(file, number, order),
        _in(order, file.flags("pair_fixed", number)) if "pair_fixed" in file else None,
    )


def _by_event(
    file: ArrayFile, begin: NDArray[np.int64], event: NDArray[Any], order: NDArray[np.int64] | None
) -> NDArray[np.int64] | None:
    """Puts each row's events in order, in place; returns the order of all pairs. The same pair twice is a fault."""
    for customer in range(len(begin) - 1):
        row = slice(int(begin[customer]), int(begin[customer + 1]))
        steps = event[row][1:] > event[row][:-1]
        if steps.all():
            continue
        within = np.argsort(event[row], kind="stable")
        event[row] = event[row][within]
        if (event[row][1:] == event[row][:-1]).any():
            raise file.fault("pair_event", f"names a pair of customer {customer} twice")
        order = np.arange(len(event)) if order is None else order
        order[row] = order[row][within]
    return order


def _in(order: NDArray[np.int64] | None, array: NDArray[Any]) -> NDArray[Any]:
    return array if order is None else array[order]


def _read_seats(
    file: ArrayFile, number: int, order: NDArray[np.int64] | None
) -> NDArray[np.int8] | None:
    if "pair_seats" not in file:
        return None
    seats = file.integers("pair_seats", number)
    file.within("pair_seats", seats, 1, 3)
    return _in(order, seats.astype(np.int8))


def _read_costs(
    file: ArrayFile, number: int, order: NDArray[np.int64] | None
) -> NDArray[np.float64] | None:
    if "budget" not in file:
        return None
    cost = file.floats("pair_cost", number).astype(np.float64)
    if (cost < 0).any():
        raise file.fault("pair_cost", "holds a negative cost")
    return _in(order, cost)
