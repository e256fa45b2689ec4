"""Background work, in slices of counted operations: chains left over, listings grown stale, better prices for the certificate."""

from kindred_matching.domain.market.certificate import ask, capacity_cost, upper_bound
from kindred_matching.domain.market.chain import run_chain
from kindred_matching.domain.market.choosing import choose
from kindred_matching.domain.market.compiling import kernel
from kindred_matching.domain.market.listings import list_customer
from kindred_matching.domain.market.state import BOUND, CLOSED, TRIAL, State

LONGEST_STEP, SHORTEST_STEP = 1.0, 1.0 / 64
"""Bounds of the fraction of the gap that a step of the trial prices aims at."""


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
    """Compares the two bounds over everybody, keeps the lower, and begins a pass at prices a step away from it."""
    totals = s.totals[0]
    if capacity_cost(s, TRIAL) + totals.trial_sum < upper_bound(s):
        _adopt(s)
        totals.target_step = min(LONGEST_STEP, 1.25 * totals.target_step)
    else:
        totals.target_step = max(SHORTEST_STEP, 0.5 * totals.target_step)
    total = 0.0
    for customer in range(len(s.held)):
        total += s.best[BOUND, customer]
    totals.bound_sum = total
    _step(s)
    totals.trial_sum, totals.trial_next = 0.0, 0
    totals.refreshed += 1


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
    s.total_cost[0] = s.total_cost[1]
    for account in range(s.account_rate.shape[1]):
        for event in range(len(s.room)):
            s.account_price[BOUND, account, event] = s.account_price[TRIAL, account, event]
            s.account_demand[0, account, event] = s.account_demand[1, account, event]
        for year in range(s.account_rate.shape[2]):
            s.account_rate[BOUND, account, year] = s.account_rate[TRIAL, account, year]
            s.account_cost[0, account, year] = s.account_cost[1, account, year]


@kernel
def _step(s: State) -> None:
    """Trial prices: a Polyak step from those of the certificate, p + t h (demand - capacity), never below 0.

    h scales each resource by its capacity; t = fraction * (bound - value) / sum of h (demand - capacity)^2 aims at the value of
    the present allocation (Polyak 1969).
    """
    totals, norm = s.totals[0], 0.0
    for event in range(len(s.room)):
        pull = s.demand[0, event] - s.room[event]
        if pull > 0.0 or s.price[BOUND, 2 * event] > 0.0:
            norm += pull * pull / max(1, s.room[event])
    budget = max(1e-9, totals.budget - totals.fixed_spent)
    pull_of_budget = s.total_cost[0] - budget
    if pull_of_budget > 0.0 or s.budget_rate[BOUND] > 0.0:
        norm += pull_of_budget * pull_of_budget / budget
    norm += _pull_of_accounts(s)
    reach = totals.target_step * max(0.0, upper_bound(s) - totals.value)
    stride = reach / norm if norm > 0.0 else 0.0
    for event in range(len(s.room)):
        pull = s.demand[0, event] - s.room[event]
        _set_trial(s, event, s.price[BOUND, 2 * event] + stride * pull / max(1, s.room[event]))
        s.demand[1, event] = 0.0
    s.budget_rate[TRIAL] = max(0.0, s.budget_rate[BOUND] + stride * pull_of_budget / budget)
    s.total_cost[1] = 0.0
    _step_accounts(s, stride)


@kernel
def _set_trial(s: State, event: int, price: float) -> None:
    """An event that takes nobody costs more than anybody gives, so that nobody wants it."""
    shut = s.closed[event] or s.room[event] <= 0
    s.price[TRIAL, 2 * event] = CLOSED if shut else max(0.0, price)
    s.price[TRIAL, 2 * event + 1] = 2.0 * s.price[TRIAL, 2 * event]


@kernel
def _pull_of_accounts(s: State) -> float:
    total = 0.0
    for account in range(s.account_rate.shape[1]):
        for event in range(len(s.room)):
            places = max(0, s.totals[0].account_max - s.account_fixed[account, event])
            pull = s.account_demand[0, account, event] - places
            if pull > 0.0 or s.account_price[BOUND, account, event] > 0.0:
                total += pull * pull / max(1, places)
        for year in range(s.account_rate.shape[2]):
            limit = max(1e-9, s.account_limit[account, year])
            pull = s.account_cost[0, account, year] - limit
            if pull > 0.0 or s.account_rate[BOUND, account, year] > 0.0:
                total += pull * pull / limit
    return total


@kernel
def _step_accounts(s: State, stride: float) -> None:
    for account in range(s.account_rate.shape[1]):
        for event in range(len(s.room)):
            places = max(0, s.totals[0].account_max - s.account_fixed[account, event])
            pull = s.account_demand[0, account, event] - places
            price = s.account_price[BOUND, account, event] + stride * pull / max(1, places)
            s.account_price[TRIAL, account, event] = max(0.0, price)
            s.account_demand[1, account, event] = 0.0
        for year in range(s.account_rate.shape[2]):
            limit = max(1e-9, s.account_limit[account, year])
            pull = s.account_cost[0, account, year] - limit
            rate = s.account_rate[BOUND, account, year] + stride * pull / limit
            s.account_rate[TRIAL, account, year] = max(0.0, rate)
            s.account_cost[1, account, year] = 0.0
