"""Random operations, each done to a market and to the auditor's books alike."""

from math import inf
from random import Random

import numpy as np
from services.matching.tests.market.auditor import Books, Option
from services.matching.tests.market.instances import (
    YEARS,
    as_row,
    choice_of,
    draw_row,
    without_costs,
)
from services.matching.tests.market.test_auditor import audit

from kindred_matching.domain.market.market import Market
from kindred_matching.domain.market.problem import Column, EventDetails, Offer


def _customer(random: Random, books: Books) -> int:
    return random.randrange(len(books.caps))


def _event(random: Random, books: Books) -> int:
    return random.randrange(len(books.seats))


def _row(random: Random, books: Books) -> dict[Option, tuple[float, float]]:
    row = draw_row(random, len(books.seats), random.choice([0.2, 0.8]))
    return row if books.hospitality else without_costs(row)


def replace_row(random: Random, market: Market, books: Books) -> None:
    customer = _customer(random, books)
    books.rows[customer] = _row(random, books)
    market.replace_row(customer, as_row(books.rows[customer]))


def replace_customer(random: Random, market: Market, books: Books) -> None:
    customer, cap = _customer(random, books), random.randint(0, market.state.held_code.shape[1])
    hospitality = np.full(market.state.person_room.shape[1], np.inf)
    if books.hospitality:
        for year in range(len(hospitality)):
            hospitality[year] = random.choice([0, 20, 40, 80])
            books.hospitality[customer, year] = float(hospitality[year])
    books.rows[customer], books.caps[customer] = _row(random, books), cap
    for event, (seats, _, cost) in books.fixed_of(customer).items():
        options = [(event, seats), (event, 3 - seats)]
        for option in [option for option in options if option in books.rows[customer]][:1]:
            books.fixed[customer, event] = seats, books.rows[customer][option][0], cost
    market.replace_customer(customer, as_row(books.rows[customer]), cap, hospitality)


def fix(random: Random, market: Market, books: Books) -> None:
    customer, event = _customer(random, books), _event(random, books)
    pair = random.randint(1, 2), random.uniform(0.0, 9.0), 10.0 * bool(books.hospitality)
    books.fixed[customer, event] = pair
    books.forbidden.discard((customer, event))
    market.fix_pair(customer, event, Offer(*pair))


def forbid(random: Random, market: Market, books: Books) -> None:
    pair = _customer(random, books), _event(random, books)
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
    event, seats = _event(random, books), random.randint(0, 7)
    books.seats[event] = seats
    market.change_seats(event, seats)


def change_cap(random: Random, market: Market, books: Books) -> None:
    widest = market.state.held_code.shape[1]
    customer, cap = _customer(random, books), random.randint(0, widest)
    books.caps[customer] = cap
    market.limit_customer(customer, cap)


def close(random: Random, market: Market, books: Books) -> None:
    event = _event(random, books)
    books.closed.add(event)
    market.close_event(event)


def put_event(random: Random, market: Market, books: Books) -> None:
    event, start = _event(random, books), random.randint(0, 20) * 3600
    end, seats = start + random.randint(1, 6) * 3600, random.randint(0, 4)
    books.closed.discard(event)
    books.years[event] = random.randrange(YEARS)
    books.times[event], books.seats[event] = (start, end), seats
    books.conflicts = {pair for pair in books.conflicts if event not in pair}
    others = random.sample([e for e in books.seats if e != event], random.randint(0, 1))
    books.conflicts.update(frozenset((event, other)) for other in others)
    details = EventDetails(seats, start, end, 0.0, books.years[event], tuple(others))
    market.put_event(event, details)


def enter_column(random: Random, market: Market, books: Books) -> None:
    event, options = _event(random, books), []
    for customer in random.sample(sorted(books.caps), random.randint(0, len(books.caps))):
        for seats in random.choice([(1,), (2,), (1, 2)]):
            weight = random.uniform(0.1, 9.0)
            options.append((customer, seats, weight))
            books.rows[customer].setdefault((event, seats), (weight, 0.0))
    customers, seats_of, weights = np.array(options, dtype=np.float64).reshape(-1, 3).T
    column = Column(customers.astype(np.int64), seats_of.astype(np.int64), weights)
    market.enter_column(event, column)


def withdraw(random: Random, market: Market, books: Books) -> None:
    event = _event(random, books)
    for row in books.rows.values():
        row.pop((event, 1), None)
        row.pop((event, 2), None)
    books.fixed = {pair: offer for pair, offer in books.fixed.items() if pair[1] != event}
    books.forbidden = {pair for pair in books.forbidden if pair[1] != event}
    books.given = {key: guests for key, guests in books.given.items() if key[1] != event}
    books.closed.add(event)
    market.withdraw_event(event)


def tick(random: Random, market: Market, books: Books) -> None:
    starts = sorted(books.times[event][0] for event in books.seats if event not in books.closed)
    now = starts[0] + random.choice([-1, 0, 3600]) if starts else 0
    books.closed.update(event for event, (start, _) in books.times.items() if start <= now)
    market.tick(now)


def prefer_present(random: Random, market: Market, books: Books) -> None:  # noqa: ARG001 - like the others
    market.prefer_present(random.choice([0.0, 0.3, 2.0]))


def limit_budget(random: Random, market: Market, books: Books) -> None:
    books.budget = random.choice([0.0, 60.0, 150.0, 400.0, inf]) if books.hospitality else inf
    market.limit_budget(books.budget)


def remove_customer(random: Random, market: Market, books: Books) -> None:
    customer = _customer(random, books)
    books.caps[customer], books.rows[customer] = 0, {}
    books.fixed = {pair: offer for pair, offer in books.fixed.items() if pair[0] != customer}
    books.forbidden = {pair for pair in books.forbidden if pair[0] != customer}
    market.remove_customer(customer)


def move_customer(random: Random, market: Market, books: Books) -> None:
    customer = _customer(random, books)
    books.accounts[customer] = random.randrange(-1, len(market.state.account_first))
    market.move_customer(customer, books.accounts[customer])


def settle_guests(random: Random, market: Market, books: Books) -> None:
    account, event, guests = _account(random, market), _event(random, books), random.randint(0, 3)
    books.given[account, event] = guests
    market.settle_guests(account, event, guests)


def limit_guests(random: Random, market: Market, books: Books) -> None:
    most = random.choice([0, 1, 2, 3])
    books.account_max = most
    market.limit_guests(most)


def limit_hospitality(random: Random, market: Market, books: Books) -> None:
    account, years = _account(random, market), range(market.state.person_room.shape[1])
    costly = bool(books.hospitality)
    limits = [random.choice([0.0, 30.0, 60.0, 200.0, inf]) if costly else inf for _ in years]
    books.account_hospitality |= {(account, year): limits[year] for year in years}
    market.limit_hospitality(account, np.array(limits))


def _account(random: Random, market: Market) -> int:
    """One of the accounts, the first of all if there is none yet."""
    people, years = market.state.person_room.shape
    market.grow(people, len(market.state.room), years, 1, 1)
    return random.randrange(len(market.state.account_first))


def begin_epoch(random: Random, market: Market, books: Books) -> None:
    factor = random.uniform(0.5, 2.0)
    for row in books.rows.values():
        for option, (weight, cost) in row.items():
            row[option] = weight * factor * random.uniform(0.9, 1.1), cost
    market.begin_epoch([as_row(books.rows[customer]) for customer in sorted(books.caps)])


def work(random: Random, market: Market, books: Books) -> None:  # noqa: ARG001 - like the others
    market.work()


def share_out(random: Random, market: Market, books: Books) -> None:
    market.share_out(random.randint(1, len(books.caps)))


OPERATIONS = [
    share_out,
    limit_budget,
    replace_row,
    replace_row,
    replace_row,
    replace_customer,
    replace_customer,
    fix,
    forbid,
    release,
    change_seats,
    change_cap,
    close,
    put_event,
    put_event,
    enter_column,
    enter_column,
    withdraw,
    tick,
    prefer_present,
    remove_customer,
    move_customer,
    move_customer,
    settle_guests,
    limit_guests,
    limit_hospitality,
    begin_epoch,
    work,
    work,
]


def operate(random: Random, market: Market, books: Books) -> None:
    """One operation, after which the market is feasible, certified, and tells whom it has changed."""
    before = choice_of(market)
    random.choice(OPERATIONS)(random, market, books)
    verify(market, books, before)


def verify(market: Market, books: Books, before: dict[int, list[Option]]) -> None:
    """What holds after every operation."""
    audit(market, books)
    after = choice_of(market)
    assert sorted(market.changed) == [c for c in before if before[c] != after[c]]
