"""Each customer's most promising options, listed with their events, so that a free seat finds its next guest."""

from kindred_matching.domain.market.compiling import kernel, wide
from kindred_matching.domain.market.oracle import holds_event
from kindred_matching.domain.market.state import CANDIDATES, LOST, MARKET, State


@kernel
def list_customer(s: State, customer: int) -> None:
    """Lists the customer's ``CANDIDATES`` options with the highest weight less price, in place of those listed before."""
    unlist(s, customer)
    price = s.price[MARKET]
    begin, number = s.row_begin[customer], 0
    for column in range(begin, begin + s.row_size[customer]):
        gain = s.weight[column] - price[s.code[column]]
        if number == CANDIDATES and gain <= s.listing_gain[CANDIDATES - 1]:
            continue
        rank = number if number < CANDIDATES else CANDIDATES - 1
        while rank > 0 and s.listing_gain[rank - 1] < gain:
            s.listing_gain[rank] = s.listing_gain[rank - 1]
            s.listed_code[customer, rank] = s.listed_code[customer, rank - 1]
            s.listed_weight[customer, rank] = s.listed_weight[customer, rank - 1]
            rank -= 1
        s.listing_gain[rank] = gain
        s.listed_code[customer, rank] = s.code[column]
        s.listed_weight[customer, rank] = s.weight[column]
        number = min(CANDIDATES, number + 1)
    for candidate in range(number):
        s.listed[customer] = candidate + 1
        _enter(s, customer, candidate)


@kernel
def unlist(s: State, customer: int) -> None:
    """Takes all of the customer's options off their events' listings."""
    for candidate in range(s.listed[customer]):
        event = s.listed_code[customer, candidate] >> 1
        place = s.listed_place[customer, candidate]
        last = s.listing_begin[event] + s.listing_size[event] - 1
        moved = s.listing_slot[last]
        s.listing_slot[place] = moved
        s.listing_weight[place] = s.listing_weight[last]
        s.listed_place[moved // CANDIDATES, moved % CANDIDATES] = place
        s.listing_size[event] -= 1
    s.listed[customer] = 0


@kernel
def _enter(s: State, customer: int, candidate: int) -> None:
    event = wide(s.listed_code[customer, candidate]) >> 1
    if s.listing_size[event] == s.listing_space[event]:
        _widen(s, event)
    place = s.listing_begin[event] + s.listing_size[event]
    s.listing_size[event] += 1
    held = holds_event(s, customer, event)
    s.listing_slot[place] = customer * CANDIDATES + candidate
    s.listing_weight[place] = LOST if held else s.listed_weight[customer, candidate]
    s.listed_place[customer, candidate] = place


@kernel
def _widen(s: State, event: int) -> None:
    """Moves an event's listing to where it has twice the space; when the slab is full, all are laid out anew."""
    size, space = s.listing_size[event], 2 * s.listing_space[event] + 8
    if s.totals[0].listing_end + space > len(s.listing_slot):
        _lay_out(s, event)
        return
    old, new = s.listing_begin[event], s.totals[0].listing_end
    s.totals[0].listing_end = new + space
    _move(s, old, new, size)
    s.listing_begin[event], s.listing_space[event] = new, space


@kernel
def _move(s: State, old: int, new: int, size: int) -> None:
    for place in range(size):
        slot = s.listing_slot[old + place]
        s.listing_slot[new + place] = slot
        s.listing_weight[new + place] = s.listing_weight[old + place]
        s.listed_place[slot // CANDIDATES, slot % CANDIDATES] = new + place


@kernel
def _lay_out(s: State, growing: int) -> None:
    """Packs all listings to the front, each with a fourth of its size to spare; the slab has twice what they need."""
    slots, weights = s.listing_slot.copy(), s.listing_weight.copy()
    end = 0
    for event in range(len(s.listing_size)):
        size, old = s.listing_size[event], s.listing_begin[event]
        s.listing_begin[event] = end
        for place in range(size):
            slot = slots[old + place]
            s.listing_slot[end + place] = slot
            s.listing_weight[end + place] = weights[old + place]
            s.listed_place[slot // CANDIDATES, slot % CANDIDATES] = end + place
        s.listing_space[event] = size + size // 4 + (8 if event == growing else 4)
        end += s.listing_space[event]
    s.totals[0].listing_end = end
