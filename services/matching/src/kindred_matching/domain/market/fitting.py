"""Which options of one customer go together: time, conflicts, and his hospitality of each year."""

import numpy as np

from kindred_matching.domain.market.compiling import kernel
from kindred_matching.domain.market.state import State

CENT = 1e-9
"""Costs are sums of floats; so much of a unit is not held against anybody."""


@kernel
def clashing(s: State, one: int, other: int) -> bool:
    """Whether two events exclude each other; an event excludes itself."""
    bit = np.uint64(other & 63)
    return (s.clash[one, other >> 6] >> bit) & np.uint64(1) != np.uint64(0)


@kernel
def fits(s: State, customer: int, item: int, size: int, beside: int) -> bool:
    """Whether an item goes with the ``size`` items of the bundle and with the one that is had already (-1: none)."""
    event = s.item_code[item] >> 1
    for place in range(size):
        if clashing(s, event, s.item_code[s.bundle[place]] >> 1):
            return False
    if s.item_cost[item] <= 0.0:
        return True
    year = s.year[event]
    left = s.person_room[customer, year] - s.item_cost[item] + CENT
    if beside >= 0 and s.year[s.item_code[beside] >> 1] == year:
        left -= s.item_cost[beside]
    for place in range(size):
        other = s.bundle[place]
        if s.year[s.item_code[other] >> 1] == year:
            left -= s.item_cost[other]
    return left >= 0.0


@kernel
def within_room(s: State, customer: int, size: int, beside: int) -> bool:
    """Whether the bundle's hospitality, with the option had already, stays within each year's."""
    for place in range(size):
        if s.item_cost[s.bundle[place]] <= 0.0:
            continue
        year = s.year[s.item_code[s.bundle[place]] >> 1]
        left = s.person_room[customer, year] + CENT
        if beside >= 0 and s.year[s.item_code[beside] >> 1] == year:
            left -= s.item_cost[beside]
        for other in range(size):
            item = s.bundle[other]
            if s.year[s.item_code[item] >> 1] == year:
                left -= s.item_cost[item]
        if left < 0.0:
            return False
    return True
