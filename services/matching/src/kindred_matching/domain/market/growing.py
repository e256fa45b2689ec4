"""Making space: the few arrays whose size is not given by the numbers of customers and events."""

import numpy as np

from kindred_matching.domain.market.rows import pack, space_for
from kindred_matching.domain.market.state import Array, State


def widen_columns(state: State, handle: State, size: int) -> State:
    """Space for a row of ``size``: the rows are packed, and if that does not do, the slab grows by a quarter."""
    pack(handle)
    needed = int(state.totals[0]["column_end"]) + space_for(size)
    if needed <= len(state.code) - len(state.code) // 64:
        return state
    longer = needed + needed // 4
    cost = _longer(state.cost, longer) if state.cost.size else state.cost
    return state._replace(
        code=_longer(state.code, longer), weight=_longer(state.weight, longer), cost=cost
    )


def widen_items(state: State, size: int) -> State:
    """Scratch for rows of up to ``size`` options."""
    items = 2 * size + 8
    widest = len(state.bundle)
    arrays = ("item_code", "item_gain", "item_weight", "item_cost", "item_column", "pick")
    longer = {name: _longer(getattr(state, name), items) for name in arrays}
    return state._replace(**longer, sums=np.zeros(items + 1), table=np.zeros(widest * (items + 1)))


def widen_bonds(state: State) -> State:
    """Twice as many bonds."""
    names = ("bond_next", "bond_kind", "bond_event", "bond_seats", "bond_weight", "bond_cost")
    return state._replace(
        **{name: _longer(getattr(state, name), 2 * len(state.bond_next)) for name in names}
    )


def widen_guests(state: State, event: int, seats: int) -> State:
    """Space for ``seats`` guests of an event, at the end of the slab."""
    begin = state.guest_begin.copy()
    old, count, end = int(begin[event]), int(state.guests[event]), len(state.guest)
    guest, bid = _longer(state.guest, end + seats), _longer(state.guest_bid, end + seats)
    guest[end : end + count] = guest[old : old + count]
    bid[end : end + count] = bid[old : old + count]
    begin[event] = end
    space = state.guest_space.copy()
    space[event] = seats
    return state._replace(guest_begin=begin, guest_space=space, guest=guest, guest_bid=bid)


def _longer(array: Array, size: int) -> Array:
    longer = np.zeros(size, dtype=array.dtype)
    longer[: len(array)] = array
    return longer
