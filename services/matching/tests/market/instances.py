"""Small problems with every kind of limit, drawn from a seed, as the auditor and as the market see them."""

from math import inf
from random import Random

import numpy as np
from services.matching.tests.market.auditor import Books, Option, Prices

from kindred_matching.domain.market.effort import Effort, Start
from kindred_matching.domain.market.market import Market
from kindred_matching.domain.market.problem import Customers, Events, Limits, Offer, Programme, Row
from kindred_matching.domain.market.state import BOUND

YEARS = 2
QUICK = Start(coarse=0, medium=0, fine=40, polish=2)
HOUR = 3600


def draw_row(random: Random, events: int, density: float) -> dict[Option, tuple[float, float]]:
    row: dict[Option, tuple[float, float]] = {}
    for event in range(events):
        if random.random() < density:
            weight, cost = random.uniform(0.1, 10.0), float(random.choice([0, 10, 25]))
            row[event, 1] = weight, cost
            if random.random() < 0.4:
                row[event, 2] = weight * random.uniform(0.8, 1.7), 2 * cost
    return row


def draw_books(random: Random, customers: int = 8, events: int = 6) -> Books:
    """Each kind of limit is there in about half of the problems."""
    accounts = random.randint(2, 3)
    costly, grouped = random.random() < 0.5, random.random() < 0.5
    starts = [random.randint(0, 20) * HOUR for _ in range(events)]
    books = Books(
        caps={c: random.randint(0, 3) for c in range(customers)},
        accounts={c: random.randrange(-1, accounts) if grouped else -1 for c in range(customers)},
        hospitality={},
        seats={e: random.randint(0, 4) for e in range(events)},
        times={e: (starts[e], starts[e] + random.randint(1, 6) * HOUR) for e in range(events)},
        years={e: random.randrange(YEARS) for e in range(events)},
        rows={c: draw_row(random, events, 0.7) for c in range(customers)},
    )
    if costly:
        _limit_costs(random, books, accounts if grouped else 0)
    else:
        books.rows = {c: without_costs(row) for c, row in books.rows.items()}
    if grouped:
        books.account_max = random.randint(1, 2)
    if random.random() < 0.5:
        pairs = [frozenset(random.sample(range(events), 2)) for _ in range(3)]
        books.conflicts.update(pairs)
    return books


def draw_long_books(random: Random) -> Books:
    """A few customers with more options than a search is for: 13 to 15 events that exclude each other by time alone."""
    customers, events = 3, random.randint(13, 15)
    starts = [random.randint(0, 30) * HOUR for _ in range(events)]
    books = Books(
        caps={c: random.randint(2, 5) for c in range(customers)},
        accounts=dict.fromkeys(range(customers), -1),
        hospitality={},
        seats={e: random.randint(1, 3) for e in range(events)},
        times={e: (starts[e], starts[e] + random.randint(1, 9) * HOUR) for e in range(events)},
        years={e: random.randrange(YEARS) for e in range(events)},
        rows={c: {} for c in range(customers)},
    )
    for row in books.rows.values():
        for event in range(events):
            weight, cost = random.uniform(0.1, 10.0), float(random.choice([0, 10, 25]))
            row[event, random.choice([1, 1, 1, 2])] = weight, cost
    if random.random() < 0.5:
        _limit_costs(random, books, 0)
    else:
        books.rows = {c: without_costs(row) for c, row in books.rows.items()}
    return books


def without_costs(row: dict[Option, tuple[float, float]]) -> dict[Option, tuple[float, float]]:
    return {option: (weight, 0.0) for option, (weight, _) in row.items()}


def _limit_costs(random: Random, books: Books, accounts: int) -> None:
    for year in range(YEARS):
        for customer in books.caps:
            books.hospitality[customer, year] = float(random.choice([0, 20, 40, 80]))
        for account in range(accounts):
            books.account_hospitality[account, year] = float(random.choice([30, 60, 200]))
    books.budget = float(random.choice([60, 150, 400]))


def as_row(row: dict[Option, tuple[float, float]]) -> Row:
    options = sorted(row)
    return Row(
        np.array([event for event, _ in options], dtype=np.int64),
        np.array([seats for _, seats in options], dtype=np.int64),
        np.array([row[option][0] for option in options]),
        np.array([row[option][1] for option in options]),
    )


def open_market(books: Books, effort: Effort | None = None) -> Market:
    """The market of the books' problem, not started."""
    customers, events = range(len(books.caps)), range(len(books.seats))
    accounts = max([*books.accounts.values(), -1]) + 1
    if books.account_hospitality:
        accounts = max(a for a, _ in books.account_hospitality) + 1
    hospitality = [[books.hospitality.get((c, y), inf) for y in range(YEARS)] for c in customers]
    limits = [
        [books.account_hospitality.get((a, y), inf) for y in range(YEARS)] for a in range(accounts)
    ]
    programme = Programme(
        Customers(
            np.array([books.caps[c] for c in customers]),
            np.array([books.accounts[c] for c in customers]),
            np.array(hospitality),
        ),
        Events(
            np.array([books.seats[e] for e in events]),
            np.array([books.times[e][0] for e in events]),
            np.array([books.times[e][1] for e in events]),
            np.zeros(len(events)),
            np.array([books.years[e] for e in events]),
        ),
        Limits(
            account_max=1 << 30 if books.account_max == inf else int(books.account_max),
            account_hospitality=np.array(limits).reshape(accounts, YEARS),
            budget=books.budget,
            conflicts=np.array(
                [sorted(pair) for pair in sorted(books.conflicts, key=sorted)], dtype=np.int64
            ).reshape(-1, 2),
        ),
        [as_row(books.rows[c]) for c in customers],
        columns=sum(len(row) for row in books.rows.values()),
        longest_row=2 * len(events),
        cost_by_pair=True,
    )
    market = Market.open(programme, effort)
    for (customer, event), pair in books.fixed.items():
        market.fix_pair(customer, event, Offer(*pair))
    return market


def choice_of(market: Market) -> dict[int, list[Option]]:
    return {customer: market.choice(customer) for customer in range(len(market.state.held))}


def prices_of(market: Market) -> Prices:
    """The prices of the market's certificate."""
    state = market.state
    accounts, events = state.account_price.shape[1:]
    return Prices(
        dict(enumerate(state.price[BOUND, ::2].tolist())),
        {
            (a, e): float(state.account_price[BOUND, a, e])
            for a in range(accounts)
            for e in range(events)
        },
        {
            (a, y): float(state.account_rate[BOUND, a, y])
            for a in range(accounts)
            for y in range(YEARS)
        },
        float(state.budget_rate[BOUND]),
    )
