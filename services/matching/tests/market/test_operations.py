"""Random operations on random markets: always feasible, always certified, and the same again from a snapshot."""

from random import Random

import numpy as np
import pytest
from services.matching.tests.market.auditor import Books
from services.matching.tests.market.instances import (
    QUICK,
    as_row,
    choice_of,
    draw_books,
    draw_row,
    open_market,
)
from services.matching.tests.market.test_auditor import audit

from kindred_matching.domain.market.market import Market
from kindred_matching.domain.market.problem import EventDetails, Offer

CUSTOMERS, EVENTS = 8, 6


pytestmark = pytest.mark.timeout(400)
"""The first test of a process may have to compile the kernels."""


def replace_row(random: Random, market: Market, books: Books) -> None:
    customer = random.randrange(CUSTOMERS)
    row = draw_row(random, EVENTS, random.choice([0.2, 0.8]))
    if not books.hospitality:
        row = {option: (weight, 0.0) for option, (weight, _) in row.items()}
    books.rows[customer] = row
    market.replace_row(customer, as_row(row))


def fix(random: Random, market: Market, books: Books) -> None:
    customer, event = random.randrange(CUSTOMERS), random.randrange(EVENTS)
    pair = random.randint(1, 2), random.uniform(0.0, 9.0), 10.0 * bool(books.hospitality)
    books.fixed[customer, event] = pair
    books.forbidden.discard((customer, event))
    market.fix_pair(customer, event, Offer(*pair))


def forbid(random: Random, market: Market, books: Books) -> None:
    pair = random.randrange(CUSTOMERS), random.randrange(EVENTS)
    books.fixed.pop(pair, None)
    books.forbidden.add(pair)
    market.forbid_pair(*pair)


def release(random: Random, market: Market, books: Books) -> None:
    bonds = sorted([*books.fixed, *books.forbidden]) or [(0, 0)]
    pair = random.choice(bonds)
    books.fixed.pop(pair, None)
    books.forbidden.discard(pair)
    market.release_pair(*pair)


def change_seats(random: Random, market: Market, books: Books) -> None:
    event, seats = random.randrange(EVENTS), random.randint(0, 7)
    books.seats[event] = seats
    market.change_seats(event, seats)


def change_cap(random: Random, market: Market, books: Books) -> None:
    widest = market.state.held_code.shape[1]
    customer, cap = random.randrange(CUSTOMERS), random.randint(0, widest)
    books.caps[customer] = cap
    market.limit_customer(customer, cap)


def close(random: Random, market: Market, books: Books) -> None:
    event = random.randrange(EVENTS)
    books.closed.add(event)
    market.close_event(event)


def put_event(random: Random, market: Market, books: Books) -> None:
    event, start = random.randrange(EVENTS), random.randint(0, 20) * 3600
    end, seats = start + random.randint(1, 6) * 3600, random.randint(0, 4)
    books.closed.discard(event)
    books.times[event], books.seats[event] = (start, end), seats
    books.conflicts = {pair for pair in books.conflicts if event not in pair}
    others = random.sample([e for e in range(EVENTS) if e != event], random.randint(0, 1))
    books.conflicts.update(frozenset((event, other)) for other in others)
    details = EventDetails(seats, start, end, 0.0, books.years[event], tuple(others))
    market.put_event(event, details)


def remove_customer(random: Random, market: Market, books: Books) -> None:
    customer = random.randrange(CUSTOMERS)
    books.caps[customer], books.rows[customer] = 0, {}
    books.fixed = {pair: offer for pair, offer in books.fixed.items() if pair[0] != customer}
    books.forbidden = {pair for pair in books.forbidden if pair[0] != customer}
    market.remove_customer(customer)


def begin_epoch(random: Random, market: Market, books: Books) -> None:
    factor = random.uniform(0.5, 2.0)
    for row in books.rows.values():
        for option, (weight, cost) in row.items():
            row[option] = weight * factor * random.uniform(0.9, 1.1), cost
    market.begin_epoch([as_row(books.rows[customer]) for customer in range(CUSTOMERS)])


def work(random: Random, market: Market, books: Books) -> None:  # noqa: ARG001 - like the others
    market.work()


OPERATIONS = [
    replace_row,
    replace_row,
    replace_row,
    fix,
    forbid,
    release,
    change_seats,
    change_cap,
    close,
    put_event,
    remove_customer,
    begin_epoch,
    work,
    work,
]


@pytest.mark.parametrize("seed", range(120))
def test_every_operation_leaves_the_market_feasible_and_certified(seed: int) -> None:
    random = Random(1000 + seed)
    books = draw_books(random)
    market = open_market(books)
    market.start(QUICK)
    for _ in range(25):
        before = choice_of(market)
        random.choice(OPERATIONS)(random, market, books)
        audit(market, books)
        after = choice_of(market)
        assert sorted(market.changed) == [c for c in before if before[c] != after[c]]


@pytest.mark.parametrize("seed", range(20))
def test_a_copy_that_hears_the_same_is_the_same_to_the_last_bit(seed: int) -> None:
    books, other_books = draw_books(Random(seed)), draw_books(Random(seed))
    market = open_market(books)
    market.start(QUICK)
    copy = market.fork()
    random, again = Random(seed), Random(seed)
    for _ in range(25):
        random.choice(OPERATIONS)(random, market, books)
    assert any(not np.array_equal(*pair) for pair in zip(market.state, copy.state, strict=True))
    for _ in range(25):
        again.choice(OPERATIONS)(again, copy, other_books)
    for name, mine, other in zip(market.state._fields, market.state, copy.state, strict=True):
        assert mine.tobytes() == other.tobytes(), name
