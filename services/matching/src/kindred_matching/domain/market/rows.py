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
