"""Whether a bidder gets in: the weakest guest of a full event, or of his own account, makes way if he bids less."""

from kindred_matching.domain.market.bids import bid_anew
from kindred_matching.domain.market.compiling import kernel
from kindred_matching.domain.market.holding import drop
from kindred_matching.domain.market.oracle import affordable, is_full
from kindred_matching.domain.market.pricing import set_price
from kindred_matching.domain.market.queues import hear_again
from kindred_matching.domain.market.state import MARKET, State

LOOKS = 6
"""How many stale bids are computed anew before the lowest is believed."""


@kernel
def admit(s: State, customer: int, code: int, cost: float, bid: float) -> bool:
    """Makes way for an option, so that it fits; returns False, with the price raised, if others bid more."""
    event, seats = code >> 1, 1 + (code & 1)
    if s.totals[0].costed and not affordable(s, customer, event, cost):
        return False
    full = is_full(s, s.account[customer], event)
    if full and not _make_way_in_account(s, customer, event, seats, bid):
        return False
    while s.load[event] + seats > s.room[event]:
        weakest = weakest_guest(s, event)
        other = s.guest_bid[s.guest_begin[event] + weakest] if weakest >= 0 else bid
        if other >= bid:
            set_price(s, event, bid + step_between(s, bid, other))
            return False
        set_price(s, event, max(s.price[MARKET, 2 * event], other + step_between(s, other, bid)))
        _evict(s, event, weakest)
    return True


@kernel
def step_between(s: State, lower: float, upper: float) -> float:
    """How far above the lower of two bids the price is put: half the way to the other, but not more than ``eps``."""
    eps = s.totals[0].eps
    return min(eps, max(0.5 * (upper - lower), eps / 64))


@kernel
def weakest_guest(s: State, event: int) -> int:
    """The place of the guest with the lowest bid a seat; bids that look lowest are computed anew first."""
    begin = s.guest_begin[event]
    weakest = -1
    for _ in range(LOOKS):
        weakest = _lowest(s, event)
        if weakest < 0:
            return -1
        old = s.guest_bid[begin + weakest]
        fresh = _fresh_bid(s, s.guest[begin + weakest], event)
        s.guest_bid[begin + weakest] = fresh
        if fresh <= old:
            return weakest
    return _lowest(s, event)


@kernel
def _lowest(s: State, event: int) -> int:
    begin, lowest = s.guest_begin[event], -1
    for place in range(s.guests[event]):
        if lowest < 0 or s.guest_bid[begin + place] < s.guest_bid[begin + lowest]:
            lowest = place
    return lowest


@kernel
def _held_at(s: State, customer: int, event: int) -> int:
    for place in range(s.held[customer]):
        if s.held_code[customer, place] >> 1 == event:
            return place
    return -1


@kernel
def _fresh_bid(s: State, guest: int, event: int) -> float:
    held = _held_at(s, guest, event)
    code, weight = s.held_code[guest, held], s.held_weight[guest, held]
    return bid_anew(s, guest, code, weight, s.held_cost[guest, held])


@kernel
def _evict(s: State, event: int, place: int) -> None:
    """The guest loses his seat and will choose again."""
    guest = s.guest[s.guest_begin[event] + place]
    give_up(s, guest, _held_at(s, guest, event))
    hear_again(s, guest)


@kernel
def give_up(s: State, customer: int, place: int) -> None:
    """Drops an option; if his account was full there, its price ends and its members choose again."""
    event = s.held_code[customer, place] >> 1
    drop(s, customer, place)
    account = s.account[customer]
    if account < 0 or s.account_price[MARKET, account, event] <= 0.0:
        return
    s.account_price[MARKET, account, event] = 0.0
    member = s.account_first[account]
    while member >= 0:
        if member != customer:
            hear_again(s, member)
        member = s.account_next[member]


@kernel
def _make_way_in_account(s: State, customer: int, event: int, seats: int, bid: float) -> bool:
    """The same for the guests that one account may have at one event; bids are for the place, whatever seats it takes."""
    account, begin = s.account[customer], s.guest_begin[event]
    price, own = s.price[MARKET, 2 * event], s.account_price[MARKET, account, event]
    offer = own + (bid - price) * seats
    weakest, lowest = -1, offer
    for place in range(s.guests[event]):
        guest = s.guest[begin + place]
        if s.account[guest] != account:
            continue
        code = s.held_code[guest, _held_at(s, guest, event)]
        other = own + (_fresh_bid(s, guest, event) - price) * (1 + (code & 1))
        if other < lowest:
            weakest, lowest = guest, other
    if weakest < 0:
        s.account_price[MARKET, account, event] = offer + step_between(s, offer, offer)
        return False
    s.account_price[MARKET, account, event] = max(own, lowest + step_between(s, lowest, offer))
    drop(s, weakest, _held_at(s, weakest, event))
    hear_again(s, weakest)
    return True
