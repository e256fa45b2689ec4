"""Markets that grow, are restored, and hear of changes in batches."""

from copy import deepcopy
from io import BytesIO
from random import Random
from typing import Any

import numpy as np
import pytest
from services.matching.tests.market.auditor import Books
from services.matching.tests.market.instances import (
    QUICK,
    YEARS,
    as_row,
    choice_of,
    draw_books,
    open_market,
)
from services.matching.tests.market.operations import OPERATIONS, operate, verify
from services.matching.tests.market.test_auditor import audit

from kindred_matching.domain.market.market import Market
from kindred_matching.domain.market.problem import EventDetails
from kindred_matching.domain.market.state import Array

pytestmark = pytest.mark.timeout(400)
"""The first test of a process may have to compile the kernels."""


def grow(random: Random, market: Market, books: Books) -> None:
    """More places, or not; the books know them as empty."""
    people, events = (
        len(books.caps) + random.randint(-1, 2),
        len(books.seats) + random.choice([0, 0, 1]),
    )
    years, choices = YEARS + random.choice([0, 0, 1]), random.randint(1, 4)
    accounts = len(market.state.account_first) + random.choice([0, 0, 1])
    market.grow(people, events, years, choices, accounts)
    enter_places(books, people, events, bool(books.hospitality))


def enter_places(books: Books, people: int, events: int, costly: bool) -> None:
    for customer in range(len(books.caps), people):
        books.caps[customer], books.accounts[customer], books.rows[customer] = 0, -1, {}
        if costly:
            books.hospitality |= {(customer, year): 0.0 for year in range(YEARS)}
    for event in range(len(books.seats), events):
        books.seats[event], books.times[event], books.years[event] = 0, (0, 0), 0
        books.closed.add(event)


def saved(market: Market) -> dict[str, Array]:
    """A snapshot that went through a file."""
    file = BytesIO()
    arrays: dict[str, Any] = market.snapshot()
    np.savez(file, **arrays)
    file.seek(0)
    return dict(np.load(file, allow_pickle=False))


@pytest.mark.parametrize("seed", range(20))
def test_a_market_grows_at_any_time_and_nothing_else_changes(seed: int) -> None:
    random = Random(seed)
    books = draw_books(random)
    market = open_market(books)
    market.start(QUICK)
    for _ in range(8):
        for _ in range(5):
            operate(random, market, books)
        before, certificate, waiting = choice_of(market), market.certificate, market.waiting
        grow(random, market, books)
        after = choice_of(market)
        assert {c: after[c] for c in before} == before
        assert not any(after[c] for c in after if c not in before)
        assert (market.certificate, market.waiting) == (certificate, waiting)
        audit(market, books)


@pytest.mark.parametrize("seed", range(20))
def test_an_empty_market_is_filled_by_operations_alone(seed: int) -> None:
    random = Random(seed)
    books = Books({}, {}, {}, {}, {}, {}, {}, budget=random.choice([np.inf, 200.0]))
    market = Market.empty(3, 2, YEARS, 2, weight_type=np.float64, budget=books.budget)
    assert (market.certificate.value, market.certificate.bound, market.certificate.gap) == (0, 0, 0)
    enter_places(books, 3, 2, costly=True)
    for _ in range(8):
        for _ in range(6):
            operate(random, market, books)
        grow(random, market, books)
    market.prefer_present(0.0)
    market.start(QUICK)
    audit(market, books)


@pytest.mark.parametrize("seed", range(30))
def test_batches_growth_and_restarts_may_come_in_any_order(seed: int) -> None:
    random = Random(500 + seed)
    books = draw_books(random, random.randint(1, 8), random.randint(2, 6))
    market = open_market(books)
    market.start(QUICK)
    for _ in range(30):
        market.put_off = random.random() < 0.3
        before = choice_of(market)
        match random.randrange(12):
            case 0:
                grow(random, market, books)
                audit(market, books)
            case 1:
                market = Market.restored(saved(market))
                audit(market, books)
            case 2:
                market.go_on(random.randint(0, 30))
                verify(market, books, before)
            case _:
                operate(random, market, books)
        assert market.certificate.value <= market.certificate.bound + 1e-6


def test_grown_beyond_two_bytes_codes_are_wider() -> None:
    market = Market.empty(1, 2, 1, 1)
    market.grow(1, 1 << 15, 1, 1)
    assert market.state.code.dtype == np.uint16
    market.grow(1, (1 << 15) + 1, 1, 1)
    assert market.state.code.dtype == np.int32


@pytest.mark.parametrize("seed", range(20))
def test_a_restored_snapshot_goes_on_with_the_same_bits(seed: int) -> None:
    random, again = Random(seed), Random()
    books = draw_books(random)
    market = open_market(books)
    market.start(QUICK)
    for _ in range(15):
        random.choice(OPERATIONS)(random, market, books)
    copy, other_books = Market.restored(saved(market)), deepcopy(books)
    again.setstate(random.getstate())
    assert choice_of(copy) == choice_of(market)
    assert len(copy.changed) == 0
    for _ in range(20):
        random.choice(OPERATIONS)(random, market, books)
        again.choice(OPERATIONS)(again, copy, other_books)
        assert copy.changed.tolist() == market.changed.tolist()
    mine, other = market.snapshot(), copy.snapshot()
    assert {name for name in mine if mine[name].tobytes() != other[name].tobytes()} == set()


@pytest.mark.parametrize("fault", ["missing", "short", "kind"])
def test_a_snapshot_that_is_not_whole_is_refused(fault: str) -> None:
    arrays = saved(Market.empty(3, 2, 1, 1))
    if fault == "missing":
        del arrays["price"]
    if fault == "short":
        arrays["left"] = arrays["left"][:2]
    if fault == "kind":
        arrays["totals"] = np.zeros(1)
    with pytest.raises(ValueError, match=r"price|left|totals"):
        Market.restored(arrays)


@pytest.mark.parametrize("seed", range(20))
def test_a_batch_puts_off_what_follows_until_it_goes_on(seed: int) -> None:
    random = Random(seed)
    books = draw_books(random)
    market = open_market(books)
    market.start(QUICK)
    for _ in range(4):
        market.put_off = True
        for _ in range(8):
            operate(random, market, books)
        market.put_off = False
        for _ in range(1000):
            before = choice_of(market)
            market.go_on(3)
            verify(market, books, before)
            if market.waiting == 0:
                break
        assert market.waiting == 0


def test_an_event_that_was_withdrawn_is_offered_again_by_new_rows() -> None:
    random = Random(1)
    books = draw_books(random)
    market = open_market(books)
    market.start(QUICK)
    state, (start, end) = market.state, books.times[0]
    market.withdraw_event(0)
    assert not any(_offers(market, customer, 0) for customer in books.caps)
    market.put_event(0, EventDetails(4, start, end))
    assert not any(_offers(market, customer, 0) for customer in books.caps)
    wish = as_row({(0, 1): (9.0, 0.0)})
    market.replace_customer(2, wish, 1, np.full(YEARS, 100.0))
    assert market.choice(2) == [(0, 1)]
    assert state.row_size[2] == 1


def _offers(market: Market, customer: int, event: int) -> bool:
    begin, size = market.state.row_begin[customer], market.state.row_size[customer]
    return bool((market.state.code[begin : begin + size] >> 1 == event).any())


def test_an_epoch_may_bring_longer_rows() -> None:
    market = Market.empty(40, 100, 1, 2, weight_type=np.float64)
    for event in range(100):
        market.put_event(event, EventDetails(1, event * 10, event * 10 + 5))
    for customer in range(40):
        market.replace_customer(customer, as_row({(0, 1): (1.0, 0.0)}), 2, np.zeros(1))
    market.begin_epoch(
        [as_row({(e, 1): (1.0 + (e + c) % 7, 0.0) for e in range(100)}) for c in range(40)]
    )
    market.go_on(10_000)
    assert market.waiting == 0
    assert sum(len(market.choice(customer)) for customer in range(40)) == 80
    assert market.certificate.value <= market.certificate.bound


def test_a_start_from_nothing_leaves_prices_that_move() -> None:
    market = Market.empty(2, 1, 1, 1, weight_type=np.float64)
    market.put_event(0, EventDetails(1, 0, 5))
    market.start(QUICK)
    for customer in range(2):
        market.replace_customer(customer, as_row({(0, 1): (5.0 + customer, 0.0)}), 1, np.zeros(1))
    assert [market.choice(customer) for customer in range(2)] == [[], [(0, 1)]]
    assert market.state.totals["eps"] == pytest.approx(0.5)


def test_a_cap_beyond_the_choices_is_refused() -> None:
    market = Market.empty(1, 1, 1, 2)
    with pytest.raises(ValueError, match="choices"):
        market.replace_customer(0, as_row({}), 3, np.zeros(1))
    with pytest.raises(ValueError, match="year"):
        market.replace_customer(0, as_row({}), 1, np.zeros(2))
