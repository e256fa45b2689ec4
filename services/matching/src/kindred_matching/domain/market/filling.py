"""Finding the next guest for a seat that came free, and the price at which he comes."""

import numpy as np

from kindred_matching.domain.market.bids import bid_anew
from kindred_matching.domain.market.choosing import choose
from kindred_matching.domain.market.compiling import kernel, wide
from kindred_matching.domain.market.oracle import affordable, barred
from kindred_matching.domain.market.pricing import set_price
from kindred_matching.domain.market.queues import free_event
from kindred_matching.domain.market.state import ASKED, CANDIDATES, MARKET, State


@kernel
def fill(s: State, event: int) -> None:
    """Lowers the price of an event with free seats to the best bid, and lets the bidder choose.

    With room and a price, somebody may want a seat for less. All who are listed are ranked by weight less the worth of
    their last invitation, the first ``ASKED`` bid exactly; if nobody bids, seats are free of charge. A bidder who would rather
    have two seats than the one that is free, and is outbid for them, stays away: the event then waits for another change.
    """
    free, load = s.room[event] - s.load[event], s.load[event]
    price = s.price[MARKET, 2 * event]
    if free <= 0 or price <= 0.0 or s.closed[event]:
        return
    bid, customer = _best_bid(s, event, free)
    if customer < 0:
        set_price(s, event, 0.0)
        return
    set_price(s, event, max(0.0, min(price, bid - s.totals[0].eps)))
    choose(s, customer)
    if load < s.load[event] < s.room[event] or s.price[MARKET, 2 * event] < price:
        free_event(s, event)


@kernel
def _best_bid(s: State, event: int, free: int) -> tuple[float, int]:
    """The highest exact bid a seat among the most promising, above 0, and who makes it (-1: nobody)."""
    best, bidder = 0.0, -1
    for place in range(_promising(s, event, free)):
        slot = s.asked_slot[place]
        customer, candidate = slot // CANDIDATES, slot % CANDIDATES
        code = wide(s.listed_code[customer, candidate])
        cost = 0.0
        if s.special[customer]:
            cost = _listed_cost(s, customer, code)
            if barred(s, customer, event) or not affordable(s, customer, event, cost):
                continue
        weight = np.float64(s.listed_weight[customer, candidate])
        bid = bid_anew(s, customer, code, weight, cost)
        if bid > best:
            best, bidder = bid, customer
    return best, bidder


@kernel
def _listed_cost(s: State, customer: int, code: int) -> float:
    """What a listed option costs: looked up in the customer's row where costs differ by pair."""
    if s.cost.size == 0:
        return s.event_cost[code >> 1] * (1 + (code & 1))
    begin = s.row_begin[customer]
    for column in range(begin, begin + s.row_size[customer]):
        if s.code[column] == code:
            return s.cost[column]
    return 0.0


@kernel
def _promising(s: State, event: int, free: int) -> int:
    """Ranks the listed with the highest weight a seat less the customer's marginal, ties as listed; returns how many."""
    begin, number = s.listing_begin[event], 0
    marginal, listing_slot, listing_weight = s.marginal, s.listing_slot, s.listing_weight
    floor = 0.0
    for place in range(begin, begin + s.listing_size[event]):
        slot = wide(listing_slot[place])
        hope = np.float64(listing_weight[place]) - marginal[slot // CANDIDATES]
        if hope <= floor:
            continue
        if s.listed_code[slot // CANDIDATES, slot % CANDIDATES] & 1:
            hope = 0.5 * hope if free > 1 else 0.0
        if hope <= floor:
            continue
        number = _rank(s, slot, hope, number)
        floor = s.asked_hope[ASKED - 1] if number == ASKED else 0.0
    return number


@kernel
def _rank(s: State, slot: int, hope: float, number: int) -> int:
    """Puts a slot where its hope belongs among the ``number`` asked; returns how many there are now."""
    rank = number if number < ASKED else ASKED - 1
    while rank > 0 and s.asked_hope[rank - 1] < hope:
        s.asked_hope[rank], s.asked_slot[rank] = s.asked_hope[rank - 1], s.asked_slot[rank - 1]
        rank -= 1
    s.asked_hope[rank], s.asked_slot[rank] = hope, slot
    return min(ASKED, number + 1)
