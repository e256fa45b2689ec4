"""How the trial prices of the certificate move: subgradient steps, deflected, from one trial to the next.

p + t h d, never below 0. The pull g = demand - capacity at the trial prices is a subgradient of the bound; h scales each resource by its
capacity, money in units of what a seat costs. The heading d is the pull, turned where it works against the way so far (Camerini, Fratta, Maffioli 1975): fewer
zigzags. t = share * distance / sum of h d^2 aims at the value of the present allocation (Polyak 1969).
"""

from kindred_matching.domain.market.compiling import kernel
from kindred_matching.domain.market.state import BOUND, CLOSED, MARKET, TRIAL, State

TURN = 1.5
"""How far a heading is turned that works against the one before: 1 would make it stand square to it."""


@kernel
def step(s: State, distance: float) -> None:
    """Moves the trial prices from where the last pass asked; ``distance`` is how far its bound was above the value."""
    totals = s.totals[0]
    norm = _turn_headings(s)
    unit = cost_a_seat(s)
    budget = max(0.0, totals.budget - totals.fixed_spent)
    pull_of_budget = s.total_cost[1] - budget
    if pull_of_budget > 0.0 or s.budget_rate[TRIAL] > 0.0:
        norm += pull_of_budget * pull_of_budget / money_scale(budget, unit)
    norm += _pull_of_accounts(s, unit)
    stride = totals.target_step * max(0.0, distance) / norm if norm > 0.0 else 0.0
    for event in range(len(s.room)):
        moved = stride * s.heading[event] / max(1, s.room[event])
        _set_trial(s, event, _open_price(s, event) + moved)
    moved = stride * pull_of_budget / money_scale(budget, unit)
    s.budget_rate[TRIAL] = max(0.0, s.budget_rate[TRIAL] + moved)
    _step_accounts(s, stride, unit)


@kernel
def cost_a_seat(s: State) -> float:
    """What the wanted seats cost on the average: so much money weighs as much as a seat. Rates of cents would never move beside seats."""
    seats = 0.0
    for event in range(len(s.room)):
        seats += s.demand[1, event]
    return s.total_cost[1] / seats if seats > 0.0 and s.total_cost[1] > 0.0 else 1.0


@kernel
def money_scale(limit: float, unit: float) -> float:
    """What a pull on money is divided by: where nothing is left, as if it were enough for one seat."""
    return max(limit, unit) * unit


@kernel
def begin_at_market(s: State) -> None:
    """The market's prices are tried as they are: they follow every change at once."""
    for event in range(len(s.room)):
        price = s.price[MARKET, 2 * event]
        _set_trial(s, event, 0.0 if price >= CLOSED else price)
        s.heading[event] = 0.0
    s.budget_rate[TRIAL] = s.budget_rate[BOUND]
    for account in range(s.account_rate.shape[1]):
        for event in range(len(s.room)):
            s.account_price[TRIAL, account, event] = s.account_price[MARKET, account, event]
        for year in range(s.account_rate.shape[2]):
            s.account_rate[TRIAL, account, year] = s.account_rate[BOUND, account, year]


@kernel
def begin_at_bound(s: State) -> None:
    """Back to the prices of the certificate, with what was wanted there."""
    for event in range(len(s.room)):
        _set_trial(s, event, s.price[BOUND, 2 * event])
        s.demand[1, event] = s.demand[0, event]
        s.heading[event] = 0.0
    s.budget_rate[TRIAL] = s.budget_rate[BOUND]
    s.total_cost[1] = s.total_cost[0]
    for account in range(s.account_rate.shape[1]):
        for event in range(len(s.room)):
            s.account_price[TRIAL, account, event] = s.account_price[BOUND, account, event]
            s.account_demand[1, account, event] = s.account_demand[0, account, event]
        for year in range(s.account_rate.shape[2]):
            s.account_rate[TRIAL, account, year] = s.account_rate[BOUND, account, year]
            s.account_cost[1, account, year] = s.account_cost[0, account, year]


@kernel
def forget_demand(s: State) -> None:
    """A pass begins: nobody has wanted anything yet."""
    for event in range(len(s.room)):
        s.demand[1, event] = 0.0
    for account in range(s.account_rate.shape[1]):
        for event in range(len(s.room)):
            s.account_demand[1, account, event] = 0.0
        for year in range(s.account_rate.shape[2]):
            s.account_cost[1, account, year] = 0.0
    s.total_cost[1] = 0.0


@kernel
def _turn_headings(s: State) -> float:
    """Brings the headings of seats up to date; returns the sum of h d^2."""
    against, length = 0.0, 0.0
    for event in range(len(s.room)):
        scale, before = 1.0 / max(1, s.room[event]), s.heading[event]
        against += scale * _pull(s, event) * before
        length += scale * before * before
    turn = max(0.0, -TURN * against / length) if length > 0.0 else 0.0
    norm = 0.0
    for event in range(len(s.room)):
        heading = _pull(s, event) + turn * s.heading[event]
        if heading < 0.0 and _open_price(s, event) <= 0.0:
            heading = 0.0
        s.heading[event] = heading
        norm += heading * heading / max(1, s.room[event])
    return norm


@kernel
def _pull(s: State, event: int) -> float:
    """What was wanted of the event's seats beyond what there are; nothing pulls a price below 0."""
    pull = s.demand[1, event] - s.room[event]
    return 0.0 if pull < 0.0 and _open_price(s, event) <= 0.0 else pull


@kernel
def _open_price(s: State, event: int) -> float:
    """The trial price; 0 for an event that was closed to all, so that it may open again."""
    price = s.price[TRIAL, 2 * event]
    return 0.0 if price >= CLOSED else price


@kernel
def _set_trial(s: State, event: int, price: float) -> None:
    """An event that takes nobody costs more than anybody gives, so that nobody wants it."""
    shut = s.closed[event] or s.room[event] <= 0
    s.price[TRIAL, 2 * event] = CLOSED if shut else max(0.0, price)
    s.price[TRIAL, 2 * event + 1] = 2.0 * s.price[TRIAL, 2 * event]


@kernel
def _pull_of_accounts(s: State, unit: float) -> float:
    total = 0.0
    for account in range(s.account_rate.shape[1]):
        for event in range(len(s.room)):
            places = max(0, s.totals[0].account_max - s.account_fixed[account, event])
            pull = s.account_demand[1, account, event] - places
            if pull > 0.0 or s.account_price[TRIAL, account, event] > 0.0:
                total += pull * pull / max(1, places)
        for year in range(s.account_rate.shape[2]):
            limit = max(0.0, s.account_limit[account, year])
            pull = s.account_cost[1, account, year] - limit
            if pull > 0.0 or s.account_rate[TRIAL, account, year] > 0.0:
                total += pull * pull / money_scale(limit, unit)
    return total


@kernel
def _step_accounts(s: State, stride: float, unit: float) -> None:
    for account in range(s.account_rate.shape[1]):
        for event in range(len(s.room)):
            places = max(0, s.totals[0].account_max - s.account_fixed[account, event])
            pull = s.account_demand[1, account, event] - places
            price = s.account_price[TRIAL, account, event] + stride * pull / max(1, places)
            s.account_price[TRIAL, account, event] = max(0.0, price)
        for year in range(s.account_rate.shape[2]):
            limit = max(0.0, s.account_limit[account, year])
            pull = s.account_cost[1, account, year] - limit
            moved = stride * pull / money_scale(limit, unit)
            s.account_rate[TRIAL, account, year] = max(
                0.0, s.account_rate[TRIAL, account, year] + moved
            )
