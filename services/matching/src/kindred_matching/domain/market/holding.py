"""Taking and giving up options: the only places where choices, guests, loads and spending change."""

from kindred_matching.domain.market.compiling import kernel
from kindred_matching.domain.market.queues import free_event
from kindred_matching.domain.market.state import LOST, State


@kernel
def remember(s: State, customer: int) -> None:
    """Keeps the choice as it was before this operation, once."""
    totals = s.totals[0]
    if s.seen[customer] == totals.operation:
        return
    s.seen[customer] = totals.operation
    s.changed[totals.changed] = customer
    totals.changed += 1
    s.before[customer, 0] = s.held[customer]
    for place in range(s.held[customer]):
        s.before[customer, 1 + place] = s.held_code[customer, place]


@kernel
def _mark_listed(s: State, customer: int, event: int, held: bool) -> None:
    """Says in the event's listing that the customer need not be asked, or may be asked again."""
    for candidate in range(s.listed[customer]):
        if s.listed_code[customer, candidate] >> 1 == event:
            weight = LOST if held else s.listed_weight[customer, candidate]
            s.listing_weight[s.listed_place[customer, candidate]] = weight


@kernel
def drop(s: State, customer: int, place: int) -> None:
    """Gives up the option at a place of his choice; the last one moves there."""
    remember(s, customer)
    code, event = s.held_code[customer, place], s.held_code[customer, place] >> 1
    _leave_guests(s, event, s.held_place[customer, place])
    s.load[event] -= 1 + (code & 1)
    s.totals[0].value -= s.held_weight[customer, place]
    _pay(s, customer, event, -1, -s.held_cost[customer, place])
    _mark_listed(s, customer, event, False)
    last = s.held[customer] - 1
    s.held_code[customer, place] = s.held_code[customer, last]
    s.held_weight[customer, place] = s.held_weight[customer, last]
    s.held_cost[customer, place] = s.held_cost[customer, last]
    s.held_place[customer, place] = s.held_place[customer, last]
    s.held[customer] = last
    free_event(s, event)


@kernel
def take(s: State, customer: int, code: int, weight: float, cost: float, bid: float) -> None:
    """Adds an option that fits to his choice."""
    remember(s, customer)
    event = code >> 1
    place, guest = s.held[customer], s.guests[event]
    s.held_code[customer, place] = code
    s.held_weight[customer, place] = weight
    s.held_cost[customer, place] = cost
    s.held_place[customer, place] = guest
    s.held[customer] = place + 1
    s.guest[s.guest_begin[event] + guest] = customer
    s.guest_bid[s.guest_begin[event] + guest] = bid
    s.guests[event] = guest + 1
    s.load[event] += 1 + (code & 1)
    s.totals[0].value += weight
    _pay(s, customer, event, 1, cost)
    _mark_listed(s, customer, event, True)


@kernel
def _pay(s: State, customer: int, event: int, guests: int, cost: float) -> None:
    """Books guests and cost, or takes them back, with budget and account."""
    s.totals[0].spent += cost
    account = s.account[customer]
    if account >= 0:
        s.account_count[account, event] += guests
        s.account_room[account, s.year[event]] -= cost


@kernel
def _leave_guests(s: State, event: int, place: int) -> None:
    begin = s.guest_begin[event]
    last = s.guests[event] - 1
    moved = s.guest[begin + last]
    s.guest[begin + place] = moved
    s.guest_bid[begin + place] = s.guest_bid[begin + last]
    s.guests[event] = last
    for held in range(s.held[moved]):
        if s.held_code[moved, held] >> 1 == event:
            s.held_place[moved, held] = place
