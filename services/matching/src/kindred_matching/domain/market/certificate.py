"""The certificate: for any prices >= 0, what all capacity costs plus everybody's best bundle bounds every allocation.

D(p) = sum over resources of capacity * price + sum over customers of best bundle(p) >= the value of each feasible allocation,
as a customer's part of it is one of his bundles and what it pays is at most what capacity costs (weak Lagrangian duality).
"""

from kindred_matching.domain.market.compiling import kernel
from kindred_matching.domain.market.oracle import best_bundle, collect
from kindred_matching.domain.market.state import BOUND, NOBODY, TRIAL, State


@kernel
def certify(s: State, customer: int) -> None:
    """Brings the customer's part of the bound up to date, after his row, limits or bonds have changed."""
    totals = s.totals[0]
    bound = _best(s, customer, BOUND)
    totals.bound_sum += bound - s.best[BOUND, customer]
    s.best[BOUND, customer] = bound
    if customer < totals.trial_next:
        trial = _best(s, customer, TRIAL)
        totals.trial_sum += trial - s.best[TRIAL, customer]
        s.best[TRIAL, customer] = trial


@kernel
def _best(s: State, customer: int, prices: int) -> float:
    number = collect(s, customer, prices)
    return best_bundle(s, customer, number, NOBODY, NOBODY)[1]


@kernel
def capacity_cost(s: State, prices: int) -> float:
    """What all capacity that fixed pairs leave costs at a set of prices."""
    total = 0.0
    for event in range(len(s.room)):
        if s.room[event] > 0 and not s.closed[event]:
            total += s.room[event] * s.price[prices, 2 * event]
    if s.budget_rate[prices] > 0.0:
        totals = s.totals[0]
        total += max(0.0, totals.budget - totals.fixed_spent) * s.budget_rate[prices]
    for account in range(s.account_price.shape[1]):
        total += _account_cost(s, prices, account)
    return total


@kernel
def _account_cost(s: State, prices: int, account: int) -> float:
    total = 0.0
    for event in range(len(s.room)):
        price = s.account_price[prices, account, event]
        if price > 0.0:
            total += price * max(0, s.totals[0].account_max - s.account_fixed[account, event])
    for year in range(s.account_rate.shape[2]):
        rate = s.account_rate[prices, account, year]
        if rate > 0.0:
            total += rate * max(0.0, s.account_limit[account, year])
    return total


@kernel
def upper_bound(s: State) -> float:
    """The bound of what may still be chosen, beside fixed pairs."""
    return capacity_cost(s, BOUND) + s.totals[0].bound_sum


@kernel
def ask(s: State, begin: int, end: int, stride: int) -> float:
    """Asks every ``stride``-th customer from ``begin`` to ``end`` for his best bundle at the trial prices.

    Adds what they want to the demand, keeps each one's best; returns the sum of these.
    """
    total = 0.0
    for customer in range(begin, end, stride):
        number = collect(s, customer, TRIAL)
        _, best, size = best_bundle(s, customer, number, NOBODY, NOBODY)
        s.best[TRIAL, customer] = best
        total += best
        for place in range(size):
            _want(s, customer, s.bundle[place])
    return total


@kernel
def _want(s: State, customer: int, item: int) -> None:
    code, cost = s.item_code[item], s.item_cost[item]
    event, account = code >> 1, s.account[customer]
    s.demand[1, event] += 1 + (code & 1)
    s.total_cost[1] += cost
    if account >= 0:
        s.account_demand[1, account, event] += 1.0
        s.account_cost[1, account, s.year[event]] += cost
