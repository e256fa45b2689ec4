"""What a customer would pay for an option."""

from kindred_matching.domain.market.compiling import kernel
from kindred_matching.domain.market.oracle import best_bundle, charge, collect, holds
from kindred_matching.domain.market.state import MARKET, NOBODY, State


@kernel
def bid_a_seat(s: State, customer: int, number: int, item: int) -> float:
    """The seat price at which a customer would do without an item: price + best bundle with it - best bundle without it.

    The item stands among the first ``number`` collected ones or right behind them.
    """
    code = s.item_code[item]
    with_it = s.item_gain[item] + best_bundle(s, customer, number, NOBODY, item)[0]
    without = best_bundle(s, customer, number, code >> 1, NOBODY)[0]
    seats = 1 + (code & 1)
    return s.price[MARKET, code & ~1] + (with_it - without) / seats


@kernel
def bid_anew(s: State, customer: int, code: int, weight: float, cost: float) -> float:
    """What a customer bids now for an option, held or not: collects his items first."""
    number = collect(s, customer, MARKET)
    event = code >> 1
    gain = weight - s.price[MARKET, code] - charge(s, customer, event, cost, MARKET)
    if holds(s, customer, code):
        gain += s.totals[0].stability
    s.item_code[number] = code
    s.item_gain[number] = gain
    s.item_weight[number] = weight
    s.item_cost[number] = cost
    return bid_a_seat(s, customer, number, number)
