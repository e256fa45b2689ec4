"""Operations on one event, as kernels. They touch many customers, so they take milliseconds, not fractions of one."""

from kindred_matching.domain.market.bonds import seat_guests
from kindred_matching.domain.market.certificate import certify
from kindred_matching.domain.market.chain import run_chain
from kindred_matching.domain.market.choosing import choose
from kindred_matching.domain.market.compiling import kernel
from kindred_matching.domain.market.fitting import clashing
from kindred_matching.domain.market.holding import drop
from kindred_matching.domain.market.listings import list_customer
from kindred_matching.domain.market.pricing import renew_room
from kindred_matching.domain.market.queues import free_event, hear_again
from kindred_matching.domain.market.state import BOUND, CLOSED, FIXED, MARKET, TRIAL, Array, State
from kindred_matching.domain.market.updates import begin_operation, column_of


@kernel
def change_seats(s: State, event: int, seats: int, steps: int) -> None:
    """Gives the event more or fewer seats; guests with the lowest bids make way."""
    begin_operation(s)
    _reseat(s, event, seats)
    run_chain(s, steps)
    if s.room[event] > 0 and s.price[BOUND, 2 * event] >= CLOSED:
        _reprice(s, event)


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
        for prices in (BOUND, TRIAL):
            s.price[prices, 2 * event] = CLOSED
            s.price[prices, 2 * event + 1] = CLOSED
    if len(events) > 0:
        recertify(s)


@kernel
def renew_event(s: State, event: int, seats: int, steps: int) -> None:
    """The event's time, conflicts or columns have changed, or it is new: whoever may want it or clashes with it chooses again."""
    begin_operation(s)
    _send_away(s, event)
    s.closed[event] = False
    _reseat(s, event, seats)
    for customer in range(len(s.held)):
        if _fixed_beside(s, customer, event):
            choose(s, customer)
    for customer in range(len(s.held)):
        if _may_want(s, customer, event):
            list_customer(s, customer)
            hear_again(s, customer)
    run_chain(s, steps)
    _reprice(s, event)


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
    for event in range(len(s.room)):
        s.demand[1, event] = 0.0
    for account in range(s.account_rate.shape[1]):
        for event in range(len(s.room)):
            s.account_demand[1, account, event] = 0.0
        for year in range(s.account_rate.shape[2]):
            s.account_cost[1, account, year] = 0.0
    s.total_cost[1] = 0.0


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


@kernel
def _fixed_beside(s: State, customer: int, event: int) -> bool:
    """Whether the event, fixed for the customer, now clashes with what he has chosen."""
    bond = s.bond_first[customer]
    while bond >= 0:
        if s.bond_event[bond] == event and s.bond_kind[bond] == FIXED:
            for place in range(s.held[customer]):
                if clashing(s, event, s.held_code[customer, place] >> 1):
                    return True
        bond = s.bond_next[bond]
    return False


@kernel
def _may_want(s: State, customer: int, event: int) -> bool:
    return column_of(s, customer, 2 * event) >= 0 or column_of(s, customer, 2 * event + 1) >= 0


@kernel
def _reprice(s: State, event: int) -> None:
    """Takes the market's price of a changed event into the certificate, where an old one would say nothing, and certifies all."""
    price = s.price[MARKET, 2 * event]
    if s.room[event] <= 0 or price < CLOSED:
        for prices in (BOUND, TRIAL):
            s.price[prices, 2 * event] = price
            s.price[prices, 2 * event + 1] = 2.0 * price
    recertify(s)
