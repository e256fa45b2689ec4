"""What is said of a pair agrees with what the market does."""

from random import Random

import numpy as np
import pytest
from ortools.graph.python import min_cost_flow
from services.matching.tests.market.auditor import faults
from services.matching.tests.market.instances import QUICK, choice_of, draw_books, open_market

from kindred_matching.domain.market.effort import Effort, Start
from kindred_matching.domain.market.explaining import Obstacle, view_pair
from kindred_matching.domain.market.problem import Offer

pytestmark = pytest.mark.timeout(400)
"""The first test of a process may have to compile the kernels."""


@pytest.mark.parametrize("seed", range(30))
def test_a_pair_without_obstacle_can_be_added(seed: int) -> None:
    books = draw_books(Random(seed))
    market = open_market(books)
    market.start(QUICK)
    choice = choice_of(market)
    for customer in books.caps:
        for event, seats in books.rows[customer]:
            view = view_pair(market, customer, event, seats)
            more = {**choice, customer: [*choice[customer], (event, seats)]}
            if view.chosen:
                assert view.obstacles == ()
            else:
                assert (view.obstacles == ()) == (faults(books, more) == [])


def test_what_is_settled_is_said_so() -> None:
    books = draw_books(Random(3))
    market = open_market(books)
    market.start(QUICK)
    market.fix_pair(0, 1, Offer(1, 2.0))
    market.forbid_pair(0, 2)
    market.close_event(3)
    assert Obstacle.FIXED in view_pair(market, 0, 1).obstacles
    assert Obstacle.FORBIDDEN in view_pair(market, 0, 2).obstacles
    assert Obstacle.CLOSED in view_pair(market, 0, 3).obstacles


@pytest.mark.parametrize("seed", range(10))
def test_without_conflicts_it_comes_to_the_optimum_of_min_cost_flow(seed: int) -> None:
    books = draw_books(Random(seed), customers=30, events=8)
    books.conflicts.clear()
    books.hospitality.clear()
    books.account_hospitality.clear()
    books.budget = books.account_max = float("inf")
    books.accounts = dict.fromkeys(books.accounts, -1)
    books.times = {event: (event * 10, event * 10 + 1) for event in books.times}
    books.rows = {
        c: {o: (w, 0.0) for o, (w, _) in row.items() if o[1] == 1} for c, row in books.rows.items()
    }
    market = open_market(books, Effort(eps=1e-3))
    market.start(Start(0, 0, 300, 30))
    solver = min_cost_flow.SimpleMinCostFlow()
    for customer, cap in books.caps.items():
        solver.add_arc_with_capacity_and_unit_cost(100, customer, cap, 0)
        for (event, _), (weight, _) in books.rows[customer].items():
            cost = -round(weight * 1e6)
            solver.add_arc_with_capacity_and_unit_cost(customer, 50 + event, 1, cost)
    for event, seats in books.seats.items():
        solver.add_arc_with_capacity_and_unit_cost(50 + event, 101, seats, 0)
    total = sum(books.caps.values())
    solver.add_arc_with_capacity_and_unit_cost(100, 101, total, 0)
    solver.set_node_supply(100, total)
    solver.set_node_supply(101, -total)
    assert solver.solve() == solver.OPTIMAL
    optimum = -solver.optimal_cost() / 1e6
    assert market.certificate.bound >= optimum - 1e-4
    assert market.certificate.value == pytest.approx(optimum, rel=0.01)
    assert np.isfinite(market.certificate.gap)
