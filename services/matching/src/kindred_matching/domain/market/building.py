"""Lays a programme out in arrays, with nobody having chosen anything and all prices at nought."""

from typing import Any

import numpy as np

from kindred_matching.domain.market.bonds import mark_special
from kindred_matching.domain.market.handles import handle_of
from kindred_matching.domain.market.problem import EventDetails, Integers, Programme, Row
from kindred_matching.domain.market.rows import space_for, write_row
from kindred_matching.domain.market.state import ASKED, CANDIDATES, TOTALS, Array, State

SPARE_COLUMNS = 0.02
"""How much of the slab of rows is left for rows that grow."""

WIDEST = 1 << 15
"""As many events have codes of two bytes."""


def lay_out(programme: Programme) -> State:
    """The state of a programme in which nothing is chosen, fixed or priced yet."""
    people, events = len(programme.customers), len(programme.events)
    state = State(
        **_totals(programme),
        **_customers(programme),
        **_columns(programme, people),
        **_events(programme),
        **_prices(programme, people, events),
        **_listings(people, events),
        **_bonds(people),
        **_queues(people, events),
        **_scratch(programme.longest_row, _widest_choice(programme)),
    )
    state.totals["listing_end"] = state.listing_space.sum()
    handle = handle_of(state)
    for customer, row in enumerate(programme.rows):
        codes = codes_of(row, state.code.dtype)
        mark_special(handle, customer)
        if not write_row(handle, customer, codes, row.weight.astype(state.weight.dtype), row.cost):
            raise ValueError("the rows hold more columns than announced")
    return state


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


def guest_slab(room: Array) -> tuple[Array, int]:
    """Where each event's guests begin, and how many there may be in all."""
    begin = np.zeros(len(room), dtype=np.int64)
    np.cumsum(room[:-1], out=begin[1:])
    return begin, int(room.sum())


def _widest_choice(programme: Programme) -> int:
    return max(1, int(programme.customers.cap.max(initial=1)))


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


def _customers(programme: Programme) -> dict[str, Array]:
    people, widest = len(programme.customers), _widest_choice(programme)
    account = programme.customers.account.astype(np.int64)
    return {
        "alive": np.ones(people, dtype=np.bool_),
        "cap": programme.customers.cap.astype(np.int64),
        "left": programme.customers.cap.astype(np.int64),
        "fixed_count": np.zeros(people, dtype=np.int64),
        "special": np.zeros(people, dtype=np.int64),
        "account": account,
        "person_room": programme.customers.hospitality.astype(np.float64).copy(),
        "marginal": np.zeros(people),
        "held": np.zeros(people, dtype=np.int64),
        "held_code": np.zeros((people, widest), dtype=np.int64),
        "held_weight": np.zeros((people, widest)),
        "held_cost": np.zeros((people, widest)),
        "held_place": np.zeros((people, widest), dtype=np.int64),
        "seen": np.zeros(people, dtype=np.int64),
        "changed": np.zeros(people, dtype=np.int64),
        "before": np.zeros((people, widest + 1), dtype=np.int64),
    }


def _columns(programme: Programme, people: int) -> dict[str, Array]:
    columns = space_for(programme.columns) + 4 * people + programme.longest_row
    columns += int(SPARE_COLUMNS * programme.columns)
    wide = len(programme.events) > WIDEST
    return {
        "row_begin": np.zeros(people, dtype=np.int64),
        "row_size": np.zeros(people, dtype=np.int64),
        "row_space": np.zeros(people, dtype=np.int64),
        "code": np.zeros(columns, dtype=np.int32 if wide else np.uint16),
        "weight": np.zeros(columns, dtype=programme.weight_type),
        "cost": np.zeros(columns if programme.cost_by_pair else 0),
    }


def _events(programme: Programme) -> dict[str, Array]:
    events, count = programme.events, len(programme.events)
    begin, guests = guest_slab(events.seats)
    return {
        "start": events.start.astype(np.int64),
        "end": events.end.astype(np.int64),
        "seats": events.seats.astype(np.int64),
        "fixed_load": np.zeros(count, dtype=np.int64),
        "room": events.seats.astype(np.int64),
        "load": np.zeros(count, dtype=np.int64),
        "closed": np.zeros(count, dtype=np.bool_),
        "event_cost": events.cost.astype(np.float64),
        "year": events.year.astype(np.int64),
        "clash": clashes(events.start, events.end, programme.limits.conflicts),
        "guest_begin": begin,
        "guest_space": events.seats.astype(np.int64),
        "guests": np.zeros(count, dtype=np.int64),
        "guest": np.zeros(guests, dtype=np.int64),
        "guest_bid": np.zeros(guests),
    }


def _prices(programme: Programme, people: int, events: int) -> dict[str, Array]:
    hospitality = programme.limits.account_hospitality
    accounts, years = hospitality.shape
    account = programme.customers.account
    order = np.argsort(account, kind="stable")
    members = order[np.searchsorted(account[order], 0) :]
    return {
        "price": np.zeros((3, 2 * events)),
        "account_price": np.zeros((3, accounts, events)),
        "account_rate": np.zeros((3, accounts, years)),
        "budget_rate": np.zeros(3),
        "best": np.zeros((3, people)),
        "demand": np.zeros((2, events)),
        "account_demand": np.zeros((2, accounts, events)),
        "account_cost": np.zeros((2, accounts, years)),
        "total_cost": np.zeros(2),
        "account_count": np.zeros((accounts, events), dtype=np.int64),
        "account_fixed": np.zeros((accounts, events), dtype=np.int64),
        "account_limit": hospitality.copy(),
        "account_room": hospitality.copy(),
        "account_begin": np.searchsorted(account[members], np.arange(accounts + 1)),
        "account_member": members.astype(np.int64),
    }


def _listings(people: int, events: int) -> dict[str, Array]:
    slots = int(2.5 * CANDIDATES * people) + 16 * events + 64
    space = slots // (2 * max(1, events))
    return {
        "listed": np.zeros(people, dtype=np.int64),
        "listed_code": np.zeros((people, CANDIDATES), dtype=np.int32),
        "listed_weight": np.zeros((people, CANDIDATES), dtype=np.float32),
        "listed_place": np.zeros((people, CANDIDATES), dtype=np.int32),
        "listing_begin": np.arange(events, dtype=np.int64) * space,
        "listing_size": np.zeros(events, dtype=np.int64),
        "listing_space": np.full(events, space, dtype=np.int64),
        "listing_slot": np.zeros(slots, dtype=np.int32),
        "listing_weight": np.zeros(slots, dtype=np.float32),
    }


def _bonds(people: int) -> dict[str, Array]:
    return {
        "bond_first": np.full(people, -1, dtype=np.int64),
        "bond_next": np.zeros(16, dtype=np.int64),
        "bond_kind": np.zeros(16, dtype=np.int64),
        "bond_event": np.zeros(16, dtype=np.int64),
        "bond_seats": np.zeros(16, dtype=np.int64),
        "bond_weight": np.zeros(16),
        "bond_cost": np.zeros(16),
    }


def _queues(people: int, events: int) -> dict[str, Array]:
    return {
        "waiting": np.zeros(people, dtype=np.bool_),
        "rehearing": np.zeros(people, dtype=np.int64),
        "freed": np.zeros(events, dtype=np.bool_),
        "refilling": np.zeros(events, dtype=np.int64),
    }


def _scratch(longest: int, widest: int) -> dict[str, Array]:
    items = longest + 8
    return {
        "item_code": np.zeros(items, dtype=np.int64),
        "item_gain": np.zeros(items),
        "item_weight": np.zeros(items),
        "item_cost": np.zeros(items),
        "item_column": np.zeros(items, dtype=np.int64),
        "pick": np.zeros(items, dtype=np.int64),
        "bundle": np.zeros(widest + 1, dtype=np.int64),
        "greedy": np.zeros(widest + 1, dtype=np.int64),
        "kept": np.zeros(widest + 1, dtype=np.int64),
        "sums": np.zeros(items + 1),
        "table": np.zeros((widest + 1) * (items + 1)),
        "trail": np.zeros(widest + 1, dtype=np.int64),
        "wanted_item": np.zeros(widest + 1, dtype=np.int64),
        "wanted_code": np.zeros(widest + 1, dtype=np.int64),
        "wanted_weight": np.zeros(widest + 1),
        "wanted_cost": np.zeros(widest + 1),
        "wanted_bid": np.zeros(widest + 1),
        "listing_gain": np.zeros(CANDIDATES),
        "asked_slot": np.zeros(ASKED, dtype=np.int64),
        "asked_hope": np.zeros(ASKED),
        "top": np.zeros(widest + 1),
    }
