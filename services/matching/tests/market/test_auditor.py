"""Markets of all kinds of limits under the eyes of the auditor and of an exact solver."""

from random import Random

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from services.matching.tests.market.auditor import Books, bound_of, faults, value_of
from services.matching.tests.market.instances import (
    QUICK,
    choice_of,
    draw_books,
    draw_long_books,
    open_market,
    prices_of,
)

from kindred_matching.domain.market.market import Market

pytestmark = pytest.mark.timeout(400)
"""The first test of a process may have to compile the kernels."""


def optimum_of(books: Books) -> float:
    """The largest value of all feasible allocations, by HiGHS: a variable for each bundle of each customer."""
    variables = [(c, bundle) for c in books.caps for bundle in books.bundles(c)]
    gains = np.array([sum(books.rows[c][o][0] for o in bundle) for c, bundle in variables])
    limits = [([float(c == customer) for c, _ in variables], 1.0) for customer in books.caps]
    for event in books.seats:
        used = [float(sum(o[1] for o in b if o[0] == event)) for _, b in variables]
        limits.append((used, float(books.room(event))))
    accounts = sorted({account for account in books.accounts.values() if account >= 0})
    for account in accounts:
        for event in books.seats:
            if books.account_max < float("inf"):
                used = [
                    float(books.accounts[c] == account and any(o[0] == event for o in b))
                    for c, b in variables
                ]
                limits.append((used, float(books.places(account, event))))
        for year in (0, 1):
            used = [
                sum(books.rows[c][o][1] for o in b if books.years[o[0]] == year)
                if books.accounts[c] == account
                else 0.0
                for c, b in variables
            ]
            limits.append((used, max(0.0, books.account_limit(account, year))))
    spent = sum(pair[2] for pair in books.fixed.values())
    limits.append(
        (
            [sum(books.rows[c][o][1] for o in b) for c, b in variables],
            max(0.0, books.budget - spent),
        )
    )
    rows = np.array([row for row, _ in limits])
    most = np.array([most for _, most in limits])
    solved = milp(
        -gains,
        constraints=LinearConstraint(rows, -np.inf, most),
        integrality=np.ones(len(gains)),
        bounds=Bounds(0, 1),
    )
    return float(-solved.fun) + sum(pair[1] for pair in books.fixed.values())


def audit(market: Market, books: Books) -> None:
    choice = choice_of(market)
    assert faults(books, choice) == []
    certificate = market.certificate
    assert certificate.value == pytest.approx(value_of(books, choice), abs=1e-7)
    assert certificate.bound == pytest.approx(bound_of(books, prices_of(market)), abs=1e-6)
    assert certificate.value - 1e-7 <= certificate.bound < 1e9


@pytest.mark.parametrize("seed", range(200))
def test_the_bound_is_above_the_optimum_of_an_exact_solver(seed: int) -> None:
    random = Random(seed)
    books = draw_books(random)
    for _ in range(random.choice([0, 0, 2, 4])):
        pair = random.randrange(8), random.randrange(6)
        books.fixed[pair] = (
            random.randint(1, 2),
            random.uniform(0.0, 9.0),
            10.0 * bool(books.hospitality),
        )
    market = open_market(books)
    market.start(QUICK)
    audit(market, books)
    optimum = optimum_of(books)
    assert market.certificate.bound >= optimum - 1e-6
    assert market.certificate.value <= optimum + 1e-6


@pytest.mark.parametrize("seed", range(60))
def test_the_bound_is_exact_where_options_are_many(seed: int) -> None:
    """Beyond a dozen options, bundles come from the dynamic program, where time alone excludes."""
    books = draw_long_books(Random(seed))
    market = open_market(books)
    assert market.state.totals[0]["interval_only"]
    market.start(QUICK)
    audit(market, books)
    assert market.certificate.bound >= optimum_of(books) - 1e-6
    for _ in range(50):
        market.work()
    audit(market, books)
