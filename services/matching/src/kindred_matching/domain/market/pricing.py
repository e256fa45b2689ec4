"""Prices by code: an option of two seats pays twice; what an event's room cannot hold at all has a price that nobody pays."""

from kindred_matching.domain.market.compiling import kernel
from kindred_matching.domain.market.state import CANDIDATES, CLOSED, MARKET, State


@kernel
def set_price(s: State, event: int, price: float) -> None:
    """Sets the market's price a seat; options that the event's room cannot hold stay shut."""
    room = 0 if s.closed[event] else s.room[event]
    s.price[MARKET, 2 * event] = price if room >= 1 else CLOSED
    s.price[MARKET, 2 * event + 1] = 2.0 * price if room >= 2 else CLOSED


@kernel
def renew_room(s: State, event: int) -> None:
    """Works out the room again after seats or fixed pairs have changed, and opens or shuts what it can hold."""
    s.room[event] = 0 if s.closed[event] else max(0, s.seats[event] - s.fixed_load[event])
    price = s.price[MARKET, 2 * event]
    set_price(s, event, _asking_price(s, event) if price >= CLOSED else price)


@kernel
def _asking_price(s: State, event: int) -> float:
    """What nobody who is listed would pay, for an event that opens: its price falls from there to the best bid.

    Where nobody is listed, seats are free of charge.
    """
    highest = 0.0
    for place in range(s.listing_size[event]):
        slot = s.listing_slot[s.listing_begin[event] + place]
        highest = max(highest, s.listed_weight[slot // CANDIDATES, slot % CANDIDATES])
    return highest + s.totals[0].eps if highest > 0.0 else 0.0
