"""Lays a programme out in arrays, with nobody having chosen anything and all prices at nought."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from kindred_matching.domain.market.bonds import mark_special
from kindred_matching.domain.market.handles import handle_of
from kindred_matching.domain.market.problem import (
    NO_MAXIMUM,
    EventDetails,
    Integers,
    Programme,
    Row,
)
from kindred_matching.domain.market.rows import space_for, write_row
from kindred_matching.domain.market.sizes import (
    FIRST_BONDS,
    SCRATCH,
    Sizes,
    blank,
    items_for,
    sizes_of,
    slots_for,
)
from kindred_matching.domain.market.state import TOTALS, Array, State

SPARE_COLUMNS = 0.02
"""How much of the slab of rows is left for rows that grow."""


def lay_out(programme: Programme) -> State:
    """The state of a programme in which nothing is chosen, fixed or priced yet."""
    state = _blank_state(_sizes_of(programme))
    for written in (_totals, _customers, _events, _accounts, _listings):
        for name, array in written(programme).items():
            getattr(state, name)[...] = array
    state.totals["listing_end"] = state.listing_space.sum()
    handle = handle_of(state)
    for customer, row in enumerate(programme.rows):
        codes = codes_of(row, state.code.dtype)
        mark_special(handle, customer)
        if not write_row(handle, customer, codes, row.weight.astype(state.weight.dtype), row.cost):
            raise ValueError("the rows hold more columns than announced")
    return state


def lay_out_empty(sizes: Sizes, budget: float) -> State:
    """The state of a market in which all places are empty; each customer has a limit of hospitality."""
    state = _blank_state(sizes)
    state.totals["target_step"], state.totals["budget"] = 1.0, budget
    state.totals["costed"] = state.totals["interval_only"] = 1
    state.totals["account_max"], state.totals["bond_free"] = NO_MAXIMUM, -1
    return state


def restore(arrays: Mapping[str, Array]) -> State:
    """The state of which these are the arrays, copied; raises ``ValueError`` if they are not those of a state."""
    names = [name for name in State._fields if name not in SCRATCH]
    missing = [name for name in names if name not in arrays]
    if missing:
        raise ValueError(f"arrays are missing: {', '.join(missing)}")
    sizes = _sizes_in(arrays)
    strange = [name for name in names if not _is_of(sizes, name, arrays[name])]
    if strange:
        raise ValueError(f"not of the kind or shape that others ask for: {', '.join(strange)}")
    kept = {name: np.array(arrays[name], order="C") for name in names}
    kept["totals"]["changed"] = 0
    return State(**kept, **{name: blank(name, sizes) for name in SCRATCH})


def _is_of(sizes: Sizes, name: str, array: Array) -> bool:
    return array.shape == sizes.shape(name) and array.dtype == sizes.kind(name)


def put_details(state: State, event: int, details: EventDetails) -> None:
    """Writes an event's time, cost and conflicts; its other side is written too."""
    state.start[event], state.end[event] = details.start, details.end
    state.event_cost[event], state.year[event] = details.cost, details.year
    bits = (state.start < details.end) & (details.start < state.end)
    bits[[event, *details.conflicts]] = True
    state.clash[event] = pack_bits(bits[None, :])[0]
    word, bit = event >> 6, np.uint64(1) << np.uint64(event & 63)
    state.clash[bits, word] |= bit
    state.clash[~bits, word] &= ~bit
    if details.conflicts:
        state.totals["interval_only"] = 0


def codes_of(row: Row, kind: np.dtype[Any]) -> Array:
    """The options of a row as codes of the slab's type."""
    return (2 * row.event + row.seats - 1).astype(kind)


def clashes(start: Integers, end: Integers, conflicts: Integers) -> Array:
    """Bit w of row v tells that v and w overlap, conflict or are the same."""
    number = len(start)
    bits = np.zeros((number, number), dtype=np.bool_)
    for event in range(number):
        bits[event] = (start < end[event]) & (start[event] < end)
        bits[event, event] = True
    bits[conflicts[:, 0], conflicts[:, 1]] = True
    bits[conflicts[:, 1], conflicts[:, 0]] = True
    return pack_bits(bits)


def pack_bits(bits: Array) -> Array:
    """Rows of truth values as rows of 64-bit words, lowest bit first."""
    padded = np.pad(bits, ((0, 0), (0, -bits.shape[1] % 64)))
    return np.packbits(padded, axis=1, bitorder="little").view(np.uint64)


def _blank_state(sizes: Sizes) -> State:
    return State(*(blank(name, sizes) for name in State._fields))


def _sizes_of(programme: Programme) -> Sizes:
    people, events = len(programme.customers), len(programme.events)
    columns = space_for(programme.columns) + 4 * people + programme.longest_row
    columns += int(SPARE_COLUMNS * programme.columns)
    return Sizes(
        people=people,
        events=events,
        years=programme.customers.hospitality.shape[1],
        choices=max(1, int(programme.customers.cap.max(initial=1))),
        accounts=len(programme.limits.account_hospitality),
        columns=columns,
        costs=columns if programme.cost_by_pair else 0,
        guests=int(programme.events.seats.sum()),
        slots=slots_for(people, events),
        bonds=FIRST_BONDS,
        items=items_for(programme.longest_row),
        weight=np.dtype(programme.weight_type),
    )


def _sizes_in(arrays: Mapping[str, Array]) -> Sizes:
    """What the arrays without scratch say of the sizes, which :func:`restore` then holds against all of them."""
    scratch = {"item_code": np.zeros(items_for(int(arrays["row_size"].max(initial=0))))}
    named = {name: arrays.get(name, scratch.get(name)) for name in State._fields}
    try:
        return sizes_of(State(**named))  # type: ignore[arg-type]  # what is not there is not looked at
    except (AttributeError, IndexError, TypeError) as error:
        raise ValueError("the arrays are not those of a market") from error


def _totals(programme: Programme) -> dict[str, Array]:
    limits, totals = programme.limits, np.zeros(1, dtype=TOTALS)
    totals["eps"], totals["target_step"] = 1e-6, 1.0
    totals["budget"], totals["account_max"] = limits.budget, limits.account_max
    limited = np.isfinite(programme.customers.hospitality).any()
    limited |= np.isfinite(limits.account_hospitality).any() or np.isfinite(limits.budget)
    totals["costed"] = limited
    totals["interval_only"] = len(limits.conflicts) == 0
    totals["bond_free"] = -1
    return {"totals": totals}


def _customers(programme: Programme) -> dict[str, Any]:
    customers = programme.customers
    return {
        "cap": customers.cap,
        "left": customers.cap,
        "account": customers.account,
        "person_room": customers.hospitality,
    }


def _events(programme: Programme) -> dict[str, Any]:
    events = programme.events
    return {
        "start": events.start,
        "end": events.end,
        "seats": events.seats,
        "room": events.seats,
        "closed": False,
        "event_cost": events.cost,
        "year": events.year,
        "clash": clashes(events.start, events.end, programme.limits.conflicts),
        "guest_begin": np.cumsum(events.seats) - events.seats,
        "guest_space": events.seats,
        "price": 0.0,
    }


def _accounts(programme: Programme) -> dict[str, Array]:
    hospitality, account = programme.limits.account_hospitality, programme.customers.account
    first, following = np.full(len(hospitality), -1), np.full(len(account), -1)
    # From the last to the first, so that each chain is in the order of places.
    for customer in np.flatnonzero(account >= 0)[::-1].tolist():
        following[customer] = first[account[customer]]
        first[account[customer]] = customer
    return {
        "account_limit": hospitality,
        "account_room": hospitality,
        "account_first": first,
        "account_next": following,
    }


def _listings(programme: Programme) -> dict[str, Any]:
    events = len(programme.events)
    space = slots_for(len(programme.customers), events) // (2 * max(1, events))
    return {"listing_begin": np.arange(events) * space, "listing_space": space}
