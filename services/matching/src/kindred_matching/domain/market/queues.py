"""Who waits: customers to choose again, events to fill seats that came free. Rings without duplicates."""

from kindred_matching.domain.market.compiling import kernel
from kindred_matching.domain.market.state import MARKET, State


@kernel
def hear_again(s: State, customer: int) -> None:
    """Lets the customer choose again when it is his turn."""
    totals = s.totals[0]
    if s.waiting[customer]:
        return
    s.waiting[customer] = True
    size = len(s.rehearing)
    s.rehearing[(totals.rehearing_head + totals.rehearing_waiting) % size] = customer
    totals.rehearing_waiting += 1


@kernel
def next_customer(s: State) -> int:
    """Takes the customer who has waited longest off his queue."""
    totals = s.totals[0]
    customer = s.rehearing[totals.rehearing_head]
    totals.rehearing_head = (totals.rehearing_head + 1) % len(s.rehearing)
    totals.rehearing_waiting -= 1
    s.waiting[customer] = False
    return customer


@kernel
def free_event(s: State, event: int) -> None:
    """A seat of the event came free: if it has a price, somebody may want it for less."""
    totals = s.totals[0]
    if s.freed[event] or s.closed[event] or s.price[MARKET, 2 * event] <= 0.0:
        return
    s.freed[event] = True
    size = len(s.refilling)
    s.refilling[(totals.refilling_head + totals.refilling_waiting) % size] = event
    totals.refilling_waiting += 1


@kernel
def next_event(s: State) -> int:
    """Takes the event that has waited longest off its queue."""
    totals = s.totals[0]
    event = s.refilling[totals.refilling_head]
    totals.refilling_head = (totals.refilling_head + 1) % len(s.refilling)
    totals.refilling_waiting -= 1
    s.freed[event] = False
    return event
