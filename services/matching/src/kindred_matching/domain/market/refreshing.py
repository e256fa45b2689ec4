"""Background work, in slices of counted operations: chains left over, listings grown stale, better prices for the certificate."""

from kindred_matching.domain.market.certificate import ask, capacity_cost, upper_bound
from kindred_matching.domain.market.chain import run_chain
from kindred_matching.domain.market.choosing import choose
from kindred_matching.domain.market.compiling import kernel
from kindred_matching.domain.market.listings import list_customer
from kindred_matching.domain.market.state import BOUND, MARKET, TRIAL, State
from kindred_matching.domain.market.stepping import (
    begin_at_bound,
    begin_at_market,
    forget_demand,
    step,
)

LONGEST_STEP, SHORTEST_STEP = 1.0, 1.0 / 64
"""Bounds of the share of the gap that a step of the trial prices aims at."""

PATIENCE = 3
"""After more passes than this without a much better bound, steps become shorter, and begin again where prices were good."""

MUCH = 0.02
"""What is much better: by this share of what a step aims at."""


@kernel
def work(s: State, steps: int, heard: int, asked: int) -> None:
    """Takes up to ``steps`` of waiting chains, lets ``heard`` customers choose anew, and asks ``asked`` at trial prices."""
    totals = s.totals[0]
    totals.operation += 1
    totals.changed = 0
    run_chain(s, steps)
    people = len(s.held)
    for _ in range(min(heard, people)):
        customer = totals.sweep_next
        totals.sweep_next = (customer + 1) % people
        list_customer(s, customer)
        choose(s, customer)
        run_chain(s, 8)
    _try_prices(s, asked)


@kernel
def _try_prices(s: State, asked: int) -> None:
    """Goes on with the pass at the trial prices; after the last customer the better prices make the certificate."""
    totals, people = s.totals[0], len(s.held)
    end = min(people, totals.trial_next + asked)
    totals.trial_sum += ask(s, totals.trial_next, end, 1)
    totals.trial_next = end
    if end == people:
        conclude(s)


@kernel
def conclude(s: State) -> None:
    """Compares the two bounds over everybody, keeps the lower, and begins a pass at the next trial prices."""
    totals = s.totals[0]
    trial, bound = capacity_cost(s, TRIAL) + totals.trial_sum, upper_bound(s)
    much = MUCH * totals.target_step * max(0.0, bound - totals.value)
    if trial < bound:
        _adopt(s)
    totals.fails += 1
    if trial < bound - much:
        totals.fails, totals.target_step = 0, min(LONGEST_STEP, 1.25 * totals.target_step)
    total = 0.0
    for customer in range(len(s.held)):
        total += s.best[BOUND, customer]
    totals.bound_sum = total
    _go_on(s, trial)
    totals.trial_sum, totals.trial_next = 0.0, 0
    totals.refreshed += 1


@kernel
def _go_on(s: State, trial: float) -> None:
    """The next trial prices: a step from the last, or where prices are good, by turns those of the market and the best so far."""
    totals = s.totals[0]
    if totals.fails <= PATIENCE:
        step(s, trial - totals.value)
    else:
        totals.fails, totals.target_step = 0, max(SHORTEST_STEP, 0.5 * totals.target_step)
        totals.returns += 1
        if totals.returns % 2:
            begin_at_market(s)
        else:
            begin_at_bound(s)
            step(s, upper_bound(s) - totals.value)
    forget_demand(s)


@kernel
def _adopt(s: State) -> None:
    """The trial prices, and all that is known at them, become those of the certificate."""
    for code in range(s.price.shape[1]):
        s.price[BOUND, code] = s.price[TRIAL, code]
    for customer in range(len(s.held)):
        s.best[BOUND, customer] = s.best[TRIAL, customer]
    for event in range(len(s.room)):
        s.demand[0, event] = s.demand[1, event]
        s.unpriced[event] = False
    s.budget_rate[BOUND] = s.budget_rate[TRIAL]
    s.budget_rate[MARKET] = s.budget_rate[TRIAL]
    s.total_cost[0] = s.total_cost[1]
    for account in range(s.account_rate.shape[1]):
        for event in range(len(s.room)):
            s.account_price[BOUND, account, event] = s.account_price[TRIAL, account, event]
            s.account_demand[0, account, event] = s.account_demand[1, account, event]
        for year in range(s.account_rate.shape[2]):
            s.account_rate[BOUND, account, year] = s.account_rate[TRIAL, account, year]
            s.account_rate[MARKET, account, year] = s.account_rate[TRIAL, account, year]
            s.account_cost[0, account, year] = s.account_cost[1, account, year]
