"""Weighted interval scheduling with a cap: the exact best bundle when events exclude each other by time alone."""

from kindred_matching.domain.market.compiling import kernel
from kindred_matching.domain.market.state import State


@kernel
def best_by_intervals(s: State, count: int, cap: int) -> tuple[float, int]:
    """The best of the picked items: at most ``cap``, none overlapping; O(n log n + n cap).

    With items by end time and q(j) the number of items that end before j begins:
    f(k, j) = max(f(k, j - 1), f(k - 1, q(j)) + gain(j)), the best of the first j items with k invitations.
    Leaves the bundle in ``bundle``; returns its gain and size.
    """
    _sort_by_end(s, count)
    width = count + 1
    for place in range(width):
        s.table[place] = 0.0
    for invitations in range(1, cap + 1):
        row = invitations * width
        s.table[row] = 0.0
        for place in range(count):
            item = s.pick[place]
            taken = s.table[row - width + _earlier(s, item, place)] + s.item_gain[item]
            s.table[row + place + 1] = max(s.table[row + place], taken)
    return s.table[cap * width + count], _trace(s, count, cap)


@kernel
def _trace(s: State, count: int, cap: int) -> int:
    """Walks the table back from its end, and names the items that were taken."""
    width, invitations, place, size = count + 1, cap, count, 0
    while invitations > 0 and place > 0:
        cell = invitations * width + place
        place -= 1
        if s.table[cell] > s.table[cell - 1]:
            s.bundle[size] = s.pick[place]
            size += 1
            place = _earlier(s, s.pick[place], place)
            invitations -= 1
    return size


@kernel
def _earlier(s: State, item: int, before: int) -> int:
    """How many of the first ``before`` picks, which stand by end, end before the item begins (half-open intervals)."""
    start = s.start[s.item_code[item] >> 1]
    low, high = 0, before
    while low < high:
        middle = (low + high) // 2
        if s.end[s.item_code[s.pick[middle]] >> 1] <= start:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _sort_by_end(s: State, count: int) -> None:
    """Shell sort of the picks by end of event, then by code: the same order whatever came before."""
    gap = 1
    while gap < count // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for place in range(gap, count):
            item, slot = s.pick[place], place
            while slot >= gap and _ends_before(s, item, s.pick[slot - gap]):
                s.pick[slot] = s.pick[slot - gap]
                slot -= gap
            s.pick[slot] = item
        gap //= 3


@kernel
def _ends_before(s: State, one: int, other: int) -> bool:
    code, code_of_other = s.item_code[one], s.item_code[other]
    end, end_of_other = s.end[code >> 1], s.end[code_of_other >> 1]
    return end < end_of_other or (end == end_of_other and code < code_of_other)
