"""Making space: for more customers, events, years and choices, and in the slabs whose size does not follow from these."""

import numpy as np

from kindred_matching.domain.market.rows import pack, space_for
from kindred_matching.domain.market.sizes import items_for, resized, sizes_of, slots_for
from kindred_matching.domain.market.state import Array, State


def widen_places(
    state: State, people: int, events: int, years: int, choices: int, accounts: int = 0
) -> State:
    """At least so many places of each kind; the new ones are empty. Whoever waits keeps his turn."""
    old = sizes_of(state)
    sizes = old._replace(
        people=max(people, old.people),
        events=max(events, old.events),
        years=max(years, old.years),
        choices=max(choices, old.choices),
        accounts=max(accounts, old.accounts),
    )
    sizes = sizes._replace(slots=max(old.slots, slots_for(sizes.people, sizes.events)))
    if sizes == old:
        return state
    totals, wider = state.totals.copy(), resized(state, sizes)
    for ring in ("rehearing", "refilling"):
        queue = np.roll(getattr(state, ring), -int(totals[0][f"{ring}_head"]))
        wider = wider._replace(**{ring: _longer(queue, len(getattr(wider, ring)))})
        totals[f"{ring}_head"] = 0
    return wider._replace(totals=totals)


def widen_columns(state: State, handle: State, size: int) -> State:
    """Space for a row of ``size``: the rows are packed, and if that does not do, the slab grows by a quarter."""
    pack(handle)
    needed = int(state.totals[0]["column_end"]) + space_for(size)
    if needed <= len(state.code) - len(state.code) // 64:
        return state
    longer = needed + needed // 4
    costs = longer if state.cost.size else 0
    return resized(state, sizes_of(state)._replace(columns=longer, costs=costs))


def widen_items(state: State, size: int) -> State:
    """Scratch for rows of up to ``size`` options."""
    return resized(state, sizes_of(state)._replace(items=items_for(2 * size)))


def widen_bonds(state: State) -> State:
    """Twice as many bonds."""
    return resized(state, sizes_of(state)._replace(bonds=2 * len(state.bond_next)))


def widen_guests(state: State, event: int, seats: int) -> State:
    """Space for ``seats`` guests of an event at the end of the slab; if most of that is unused, all are packed instead."""
    begin, spaces = state.guest_begin, state.guest_space.copy()
    old, count, end = int(begin[event]), int(state.guests[event]), int((begin + spaces).max())
    spaces[event] = seats
    if end + seats > 2 * int(spaces.sum()) + 64:
        return _pack_guests(state, spaces)
    if end + seats > len(state.guest):
        longer = end + seats + (end + seats) // 4
        state = resized(state, sizes_of(state)._replace(guests=longer))
    for array in (state.guest, state.guest_bid):
        array[end : end + count] = array[old : old + count]
    begin[event] = end
    return state._replace(guest_space=spaces)


def _pack_guests(state: State, spaces: Array) -> State:
    begin = np.zeros_like(spaces)
    np.cumsum(spaces[:-1], out=begin[1:])
    guest, bid = np.zeros(spaces.sum(), np.int64), np.zeros(spaces.sum())
    for old, new, count in zip(state.guest_begin, begin, state.guests, strict=True):
        guest[new : new + count] = state.guest[old : old + count]
        bid[new : new + count] = state.guest_bid[old : old + count]
    return state._replace(guest_begin=begin, guest_space=spaces, guest=guest, guest_bid=bid)


def _longer(array: Array, size: int) -> Array:
    return np.pad(array, (0, size - len(array)))
