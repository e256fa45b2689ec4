"""A customer chooses at the market's prices and outbids the weakest guests of full events."""

from kindred_matching.domain.market.admission import admit, give_up
from kindred_matching.domain.market.bids import bid_a_seat
from kindred_matching.domain.market.compiling import kernel
from kindred_matching.domain.market.holding import take
from kindred_matching.domain.market.oracle import best_bundle, collect
from kindred_matching.domain.market.queues import hear_again
from kindred_matching.domain.market.state import MARKET, NOBODY, State

TRIES = 12
"""How often a customer who was outbid chooses again at once; then he waits for his turn."""


@kernel
def choose(s: State, customer: int) -> None:
    """Gives the customer his best bundle at the market's prices; where he is outbid, the price rises and he chooses again."""
    for _ in range(TRIES):
        number = collect(s, customer, MARKET)
        size = best_bundle(s, customer, number, NOBODY, NOBODY)[2]
        if _settle(s, customer, number, size):
            return
    hear_again(s, customer)


@kernel
def _settle(s: State, customer: int, number: int, size: int) -> bool:
    """Turns his choice into the bundle; returns False if he was outbid on the way."""
    full = size > 0 and size == s.left[customer]
    marginal = s.item_gain[s.bundle[0]] if full else 0.0
    for place in range(size):
        item = s.bundle[place]
        s.wanted_item[place] = item
        s.wanted_code[place] = s.item_code[item]
        s.wanted_weight[place] = s.item_weight[item]
        s.wanted_cost[place] = s.item_cost[item]
        marginal = min(marginal, s.item_gain[item])
    s.marginal[customer] = marginal
    for place in range(size):
        s.wanted_bid[place] = bid_a_seat(s, customer, number, s.wanted_item[place])
    _drop_unwanted(s, customer, size)
    for place in range(size):
        if not _have(s, customer, place):
            return False
    return True


@kernel
def _have(s: State, customer: int, place: int) -> bool:
    """Keeps or takes one of the wanted options; returns False if he was outbid."""
    code, bid = s.wanted_code[place], s.wanted_bid[place]
    held = _place_of(s, customer, code)
    if held >= 0:
        s.guest_bid[s.guest_begin[code >> 1] + s.held_place[customer, held]] = bid
        return True
    if not admit(s, customer, code, s.wanted_cost[place], bid):
        return False
    take(s, customer, code, s.wanted_weight[place], s.wanted_cost[place], bid)
    return True


@kernel
def _drop_unwanted(s: State, customer: int, size: int) -> None:
    place = 0
    while place < s.held[customer]:
        wanted = False
        for other in range(size):
            wanted |= s.held_code[customer, place] == s.wanted_code[other]
        if wanted:
            place += 1
        else:
            give_up(s, customer, place)


@kernel
def _place_of(s: State, customer: int, code: int) -> int:
    for place in range(s.held[customer]):
        if s.held_code[customer, place] == code:
            return place
    return -1
