"""Operations on one event, as kernels. They touch many customers, so they take milliseconds, not fractions of one."""

import numpy as np

from kindred_matching.domain.market.account_changes import forget_guests
from kindred_matching.domain.market.bonds import (
    find_bond,
    make_budget_fit,
    make_fit,
    seat_guests,
    untie,
)
from kindred_matching.domain.market.certificate import certify
from kindred_matching.domain.market.chain import run_chain
from kindred_matching.domain.market.choosing import choose
from kindred_matching.domain.market.compiling import kernel
from kindred_matching.domain.market.holding import drop
from kindred_matching.domain.market.listings import list_customer
from kindred_matching.domain.market.pricing import renew_room
from kindred_matching.domain.market.queues import free_event, hear_again
from kindred_matching.domain.market.repricing import may_want, reopen, reprice, shut, take_price
from kindred_matching.domain.market.rows import insert_option, strike
from kindred_matching.domain.market.state import BOUND, FIXED, MARKET, TRIAL, Array, State
from kindred_matching.domain.market.stepping import forget_demand
from kindred_matching.domain.market.updates import begin_operation

FEW = 3
"""So many events are priced one by one, and those who may want them certified; for more everybody is, once."""


@kernel
def change_seats(s: State, event: int, seats: int, steps: int) -> None:
    """Gives the event more or fewer seats; guests with the lowest bids make way."""
    begin_operation(s)
    _reseat(s, event, seats)
    run_chain(s, steps)
    reopen(s, event, steps == 0)


@kernel
def close_events(s: State, events: Array, steps: int) -> None:
    """The events take no more guests; those who had chosen them choose again. Fixed pairs stay."""
    begin_operation(s)
    for event in events:
        s.closed[event] = True
        renew_room(s, event)
        _send_away(s, event)
    run_chain(s, steps * len(events))
    for event in events:
        shut(s, event)
    if len(events) > 0:
        recertify(s)


@kernel
def withdraw_event(s: State, event: int, steps: int) -> None:
    """The event is no more: it leaves all rows, its bonds end, and those who had chosen it or were fixed choose again."""
    begin_operation(s)
    s.closed[event] = True
    renew_room(s, event)
    _send_away(s, event)
    shut(s, event)
    for customer in range(len(s.held)):
        struck, bond = strike(s, customer, event), find_bond(s, customer, event)
        if bond >= 0:
            if s.bond_kind[bond] == FIXED:
                hear_again(s, customer)
            untie(s, customer, event)
        if struck:
            list_customer(s, customer)
        if struck or bond >= 0:
            certify(s, customer)
    s.seats[event] = 0
    s.demand[0, event] = s.demand[1, event] = 0.0
    forget_guests(s, event)
    run_chain(s, steps)


@kernel
def vacate_event(s: State, event: int, year: int) -> None:
    """Before an event is put anew: its guests lose it and choose again, and what fixed pairs cost counts in its new year."""
    begin_operation(s)
    _send_away(s, event)
    before = s.year[event]
    if before == year:
        return
    for customer in range(len(s.held)):
        bond = find_bond(s, customer, event)
        if bond >= 0 and s.bond_kind[bond] == FIXED:
            _move_cost(s, customer, before, s.bond_cost[bond])
            _move_cost(s, customer, year, -s.bond_cost[bond])


@kernel
def _move_cost(s: State, customer: int, year: int, cost: float) -> None:
    account = s.account[customer]
    s.person_room[customer, year] += cost
    if account >= 0:
        s.account_limit[account, year] += cost
        s.account_room[account, year] += cost


@kernel
def renew_event(s: State, event: int, seats: int, steps: int) -> None:
    """The vacated event has its new time, conflicts and cost: whoever may want it or is fixed to it chooses again."""
    s.closed[event] = False
    _reseat(s, event, seats)
    for customer in range(len(s.held)):
        bond = find_bond(s, customer, event)
        if bond >= 0 and s.bond_kind[bond] == FIXED:
            make_fit(s, customer, event)
            choose(s, customer)
    for customer in range(len(s.held)):
        if may_want(s, customer, event):
            list_customer(s, customer)
            hear_again(s, customer)
    run_chain(s, steps)
    reprice(s, event, steps == 0)


@kernel
def enter_options(s: State, customers: Array, codes: Array, weights: Array, first: int) -> int:
    """Writes these options into rows, from the one in place ``first`` on; returns where it came to before the slab was full."""
    for place in range(first, len(customers)):
        if not insert_option(s, customers[place], codes[place], weights[place]):
            return place
    return len(customers)


@kernel
def offer_column(s: State, event: int, customers: Array, steps: int) -> None:
    """After an event was entered into rows: whoever has it is listed, these choose in their order, and it gets its price."""
    begin_operation(s)
    for customer in range(len(s.held)):
        if may_want(s, customer, event):
            list_customer(s, customer)
    for customer in customers:
        choose(s, customer)
    run_chain(s, steps)
    reprice(s, event, steps == 0)


@kernel
def limit_budget(s: State, budget: float, rate: float, steps: int) -> None:
    """All options together may cost so much, fixed pairs included; what is worth no more than ``rate`` times its cost makes way.

    At a rate of 0 all that is chosen is borne, and cost stays as dear as it is.
    """
    begin_operation(s)
    s.totals[0].budget = budget
    if rate > 0.0 or np.isinf(budget):
        s.budget_rate[MARKET] = rate
    if np.isinf(budget):
        s.budget_rate[BOUND] = s.budget_rate[TRIAL] = 0.0
    for customer in range(len(s.held)):
        place = 0
        while place < s.held[customer]:
            cost = s.held_cost[customer, place]
            if rate > 0.0 and cost > 0.0 and s.held_weight[customer, place] <= rate * cost:
                drop(s, customer, place)
                hear_again(s, customer)
            else:
                place += 1
    make_budget_fit(s)
    run_chain(s, steps)
    recertify(s)


@kernel
def hear(s: State, customers: Array, steps: int) -> None:
    """The customers choose again, in this order; at most ``steps`` moves follow."""
    begin_operation(s)
    for customer in customers:
        choose(s, customer)
    run_chain(s, steps)


@kernel
def go_on(s: State, steps: int) -> None:
    """Takes up to ``steps`` of waiting moves; when none is left, the certificate hears of events put in the meantime."""
    begin_operation(s)
    run_chain(s, steps)
    if s.totals[0].rehearing_waiting + s.totals[0].refilling_waiting > 0:
        return
    unpriced = np.count_nonzero(s.unpriced)
    for event in range(len(s.room)):
        if s.unpriced[event] and unpriced <= FEW:
            reprice(s, event, False)
        elif s.unpriced[event]:
            s.unpriced[event] = False
            take_price(s, event)
    if unpriced > FEW:
        recertify(s)


@kernel
def recertify(s: State) -> None:
    """Computes everybody's part of the bound anew, and begins the pass at trial prices again."""
    restart_trial(s)
    total = 0.0
    for customer in range(len(s.held)):
        s.best[BOUND, customer] = 0.0
        certify(s, customer)
        total += s.best[BOUND, customer]
    s.totals[0].bound_sum = total


@kernel
def restart_trial(s: State) -> None:
    """Forgets what the customers asked so far have said."""
    totals = s.totals[0]
    totals.trial_next, totals.trial_sum = 0, 0.0
    forget_demand(s)


@kernel
def _reseat(s: State, event: int, seats: int) -> None:
    s.seats[event] = seats
    renew_room(s, event)
    seat_guests(s, event)
    free_event(s, event)


@kernel
def _send_away(s: State, event: int) -> None:
    """All who have chosen the event lose it and choose again."""
    while s.guests[event] > 0:
        guest = s.guest[s.guest_begin[event]]
        for place in range(s.held[guest]):
            if s.held_code[guest, place] >> 1 == event:
                drop(s, guest, place)
                break
        hear_again(s, guest)
