"""The auditor: recomputes feasibility, value and bound of a market from the problem alone, in plain Python.

It shares no code with the engine: rows, limits and fixed pairs are its own dictionaries, and best bundles are found by trying all.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import combinations
from math import inf

Option = tuple[int, int]
"""An event and the seats that the option takes."""


@dataclass
class Books:
    """The problem as the auditor knows it. Weights and costs by customer and option."""

    caps: dict[int, int]
    accounts: dict[int, int]
    hospitality: dict[tuple[int, int], float]
    seats: dict[int, int]
    times: dict[int, tuple[int, int]]
    years: dict[int, int]
    rows: dict[int, dict[Option, tuple[float, float]]]
    account_max: float = inf
    account_hospitality: dict[tuple[int, int], float] = field(default_factory=dict)
    budget: float = inf
    conflicts: set[frozenset[int]] = field(default_factory=set)
    fixed: dict[tuple[int, int], tuple[int, float, float]] = field(default_factory=dict)
    forbidden: set[tuple[int, int]] = field(default_factory=set)
    closed: set[int] = field(default_factory=set)
    given: dict[tuple[int, int], int] = field(default_factory=dict)
    """Guests whom an account has at an event beside those of the market."""

    def clash(self, one: int, other: int) -> bool:
        (start, end), (begin, stop) = self.times[one], self.times[other]
        overlap = start < stop and begin < end
        return one == other or overlap or frozenset((one, other)) in self.conflicts

    def fixed_of(self, customer: int) -> dict[int, tuple[int, float, float]]:
        return {e: pair for (c, e), pair in self.fixed.items() if c == customer}

    def room(self, event: int) -> int:
        taken = sum(pair[0] for (_, e), pair in self.fixed.items() if e == event)
        return 0 if event in self.closed else max(0, self.seats[event] - taken)

    def places(self, account: int, event: int) -> float:
        taken = sum(e == event and self.accounts[c] == account for c, e in self.fixed)
        return max(0, self.account_max - taken - self.given.get((account, event), 0))

    def account_limit(self, account: int, year: int) -> float:
        limit = self.account_hospitality.get((account, year), inf)
        for (c, e), pair in self.fixed.items():
            if self.accounts[c] == account and self.years[e] == year:
                limit -= pair[2]
        return limit

    def options(self, customer: int) -> list[Option]:
        """What may be chosen: wanted, within the room."""
        return [option for option in self.wanted(customer) if option[1] <= self.room(option[0])]

    def wanted(self, customer: int) -> list[Option]:
        """What the bound counts: eligible, open, not barred by a bond."""
        settled = self.fixed_of(customer)
        return [
            option
            for option in sorted(self.rows.get(customer, {}))
            if (customer, option[0]) not in self.forbidden
            and not any(self.clash(option[0], event) for event in settled)
            and option[0] not in self.closed
        ]

    def left(self, customer: int) -> int:
        return max(0, self.caps[customer] - len(self.fixed_of(customer)))

    def bundle_is_allowed(self, customer: int, bundle: tuple[Option, ...]) -> bool:
        if len(bundle) > self.left(customer):
            return False
        if any(self.clash(a[0], b[0]) for a, b in combinations(bundle, 2)):
            return False
        spent: dict[int, float] = defaultdict(float)
        for option in bundle:
            spent[self.years[option[0]]] += self.rows[customer][option][1]
        for event, pair in self.fixed_of(customer).items():
            spent[self.years[event]] += pair[2]
        return all(
            cost == 0.0 or cost <= self.hospitality.get((customer, year), inf) + 1e-6
            for year, cost in spent.items()
            if any(
                self.years[option[0]] == year and self.rows[customer][option][1]
                for option in bundle
            )
        )

    def bundles(self, customer: int) -> list[tuple[Option, ...]]:
        return self._bundles(customer, self.options(customer))

    def wanted_bundles(self, customer: int) -> list[tuple[Option, ...]]:
        return self._bundles(customer, self.wanted(customer))

    def _bundles(self, customer: int, options: list[Option]) -> list[tuple[Option, ...]]:
        return [
            bundle
            for size in range(self.left(customer) + 1)
            for bundle in combinations(options, size)
            if self.bundle_is_allowed(customer, bundle)
        ]


def value_of(books: Books, choice: dict[int, list[Option]]) -> float:
    """The weight of fixed and chosen pairs."""
    fixed = sum(pair[1] for pair in books.fixed.values())
    return fixed + sum(books.rows[c][option][0] for c in choice for option in choice[c])


def faults(books: Books, choice: dict[int, list[Option]]) -> list[str]:
    """What is wrong with an allocation; nothing, if it is feasible. Fixed pairs are not held against it."""
    found: list[str] = []
    for customer, bundle in choice.items():
        allowed = set(books.options(customer))
        found += [f"{customer} has {option}" for option in bundle if option not in allowed]
        if not books.bundle_is_allowed(customer, tuple(bundle)):
            found.append(f"{customer}: {bundle}")
    return found + _faults_of_many(books, choice)


def _faults_of_many(books: Books, choice: dict[int, list[Option]]) -> list[str]:
    load: Counter[int] = Counter()
    places: Counter[tuple[int, int]] = Counter()
    spent: dict[tuple[int, int], float] = defaultdict(float)
    total = 0.0
    for customer, event, seats in ((c, *option) for c in choice for option in choice[c]):
        cost, account = books.rows[customer][event, seats][1], books.accounts[customer]
        load[event] += seats
        places[account, event] += account >= 0
        spent[account, books.years[event]] += cost if account >= 0 else 0.0
        total += cost
    found = [f"event {e}: {n} seats" for e, n in load.items() if n > books.room(e)]
    found += [f"places {key}: {n}" for key, n in places.items() if n > books.places(*key)]
    found += [
        f"account {key}: {cost}"
        for key, cost in spent.items()
        if cost > max(0.0, books.account_limit(*key)) + 1e-6
    ]
    if total > 0.0 and total + sum(pair[2] for pair in books.fixed.values()) > books.budget + 1e-6:
        found.append(f"budget: {total}")
    return found


@dataclass(frozen=True)
class Prices:
    """Prices of a certificate: a seat, a place of an account at an event, a unit of cost to an account in a year, and at all."""

    seat: dict[int, float]
    place: dict[tuple[int, int], float]
    account_rate: dict[tuple[int, int], float]
    budget_rate: float


def bound_of(books: Books, prices: Prices) -> float:
    """D(p): the fixed value, what capacity costs, and everybody's best bundle at these prices."""
    total = sum(pair[1] for pair in books.fixed.values())
    total += sum(
        prices.seat[event] * books.room(event) for event in books.seats if books.room(event)
    )
    total += sum(p * books.places(*key) for key, p in prices.place.items() if p > 0.0)
    total += sum(
        r * max(0.0, books.account_limit(*k)) for k, r in prices.account_rate.items() if r > 0.0
    )
    if prices.budget_rate > 0.0:
        spent = sum(pair[2] for pair in books.fixed.values())
        total += prices.budget_rate * max(0.0, books.budget - spent)
    for customer in books.caps:
        gains = {
            option: _gain(books, prices, customer, option) for option in books.wanted(customer)
        }
        total += max(
            (sum(gains[option] for option in bundle) for bundle in books.wanted_bundles(customer)),
            default=0.0,
        )
    return total


def _gain(books: Books, prices: Prices, customer: int, option: Option) -> float:
    event, seats = option
    weight, cost = books.rows[customer][option]
    account = books.accounts[customer]
    gain = weight - seats * prices.seat[event] - cost * prices.budget_rate
    gain -= prices.place.get((account, event), 0.0)
    return gain - cost * prices.account_rate.get((account, books.years[event]), 0.0)
