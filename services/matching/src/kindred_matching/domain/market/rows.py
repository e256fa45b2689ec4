"""Rows of eligible options in one slab, each with a little space to spare."""

import numpy as np

from kindred_matching.domain.market.compiling import kernel, wide
from kindred_matching.domain.market.state import Array, State


@kernel
def space_for(size: int) -> int:
    """The columns that a row of this size is given: an eighth more, for events to come."""
    return size + size // 8 + 4


@kernel
def write_row(s: State, customer: int, codes: Array, weights: Array, costs: Array) -> bool:
    """Replaces the customer's row; returns False, with nothing changed, if the slab has no place for it."""
    size = len(codes)
    if size > s.row_space[customer]:
        space = space_for(size)
        if s.totals[0].column_end + space > len(s.code):
            return False
        s.row_begin[customer] = s.totals[0].column_end
        s.row_space[customer] = space
        s.totals[0].column_end += space
    begin = s.row_begin[customer]
    for column in range(size):
        s.code[begin + column] = codes[column]
        s.weight[begin + column] = weights[column]
    if s.cost.size > 0:
        for column in range(size):
            s.cost[begin + column] = costs[column]
    s.row_size[customer] = size
    return True


@kernel
def insert_option(s: State, customer: int, code: int, weight: float) -> bool:
    """Writes an option at its event's own cost into the customer's row, in the order of codes; one that is there stays as it is.

    Returns False, with nothing changed, if the slab has no place for a longer row.
    """
    if column_of(s, customer, code) >= 0:
        return True
    size = s.row_size[customer]
    if size == s.row_space[customer] and not _give_space(s, customer):
        return False
    column = s.row_begin[customer] + size
    while column > s.row_begin[customer] and wide(s.code[column - 1]) > code:
        _copy_column(s, column - 1, column)
        column -= 1
    s.code[column], s.weight[column] = code, weight
    if s.cost.size > 0:
        s.cost[column] = s.event_cost[code >> 1] * (1 + (code & 1))
    s.row_size[customer] = size + 1
    return True


@kernel
def _give_space(s: State, customer: int) -> bool:
    """Moves the customer's row to the end of the slab, with space to spare."""
    old, size, new = s.row_begin[customer], s.row_size[customer], s.totals[0].column_end
    space = space_for(size + 1)
    if new + space > len(s.code):
        return False
    for place in range(size):
        _copy_column(s, old + place, new + place)
    s.row_begin[customer], s.row_space[customer] = new, space
    s.totals[0].column_end += space
    return True


@kernel
def _copy_column(s: State, old: int, new: int) -> None:
    s.code[new], s.weight[new] = s.code[old], s.weight[old]
    if s.cost.size > 0:
        s.cost[new] = s.cost[old]


@kernel
def column_of(s: State, customer: int, code: int) -> int:
    """Where an option stands in the customer's row, or -1."""
    begin = s.row_begin[customer]
    for column in range(begin, begin + s.row_size[customer]):
        if s.code[column] == code:
            return column
    return -1


@kernel
def strike(s: State, customer: int, event: int) -> bool:
    """Takes an event's options out of the customer's row, the others in their order; False if it has none."""
    begin, size, kept = s.row_begin[customer], s.row_size[customer], 0
    while kept < size and wide(s.code[begin + kept]) >> 1 != event:
        kept += 1
    if kept == size:
        return False
    for place in range(kept, size):
        column = begin + place
        if wide(s.code[column]) >> 1 != event:
            s.code[begin + kept], s.weight[begin + kept] = s.code[column], s.weight[column]
            if s.cost.size > 0:
                s.cost[begin + kept] = s.cost[column]
            kept += 1
    s.row_size[customer] = kept
    return True


@kernel
def pack(s: State) -> None:
    """Moves all rows to the front of the slab, in the order in which they stand, each with space to spare as far as there is."""
    end = 0
    for customer in np.argsort(s.row_begin, kind="mergesort"):
        old, size = s.row_begin[customer], s.row_size[customer]
        for column in range(size):
            s.code[end + column] = s.code[old + column]
            s.weight[end + column] = s.weight[old + column]
        if s.cost.size > 0:
            for column in range(size):
                s.cost[end + column] = s.cost[old + column]
        s.row_begin[customer] = end
        s.row_space[customer] = size
        end += size
    s.totals[0].column_end = end
