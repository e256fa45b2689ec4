"""Branch and bound: the best bundle under any conflicts and a hospitality limit."""

from kindred_matching.domain.market.compiling import kernel
from kindred_matching.domain.market.fitting import fits
from kindred_matching.domain.market.state import State

NODES = 50_000
"""After so many bundles tried the best so far is taken, and its bound is what was not yet excluded."""


@kernel
def best_by_search(
    s: State, customer: int, count: int, cap: int, beside: int
) -> tuple[float, float, int]:
    """The best of the picked items; depth first, the dearer option first.

    With items by falling gain and their running sums, a branch ends when even its next options, as many as there are
    invitations left, would not beat the best bundle: gain + sums(i + k) - sums(i) <= best.
    Leaves the bundle in ``bundle``; returns its gain, an upper bound of the best and its size.
    """
    _sort_by_gain(s, count)
    best, best_size = 0.0, 0
    gain, size, place, nodes = 0.0, 0, 0, 0
    while nodes < NODES:
        nodes += 1
        reach = gain + s.sums[min(count, place + cap - size)] - s.sums[place]
        if size < cap and place < count and reach > best:
            item = s.pick[place]
            if fits(s, customer, item, size, beside):
                s.bundle[size], s.trail[size] = item, place
                gain += s.item_gain[item]
                size += 1
                if gain > best:
                    best, best_size = gain, size
                    _keep(s, size)
            place += 1
        elif size == 0:
            break
        else:
            size -= 1
            place = s.trail[size] + 1
            gain = _gain(s, size)
    for place in range(best_size):
        s.bundle[place] = s.kept[place]
    return best, (best if nodes < NODES else s.sums[min(count, cap)]), best_size


@kernel
def _keep(s: State, size: int) -> None:
    for place in range(size):
        s.kept[place] = s.bundle[place]


@kernel
def _gain(s: State, size: int) -> float:
    """The bundle's gain, added up anew so that nothing accumulates."""
    total = 0.0
    for place in range(size):
        total += s.item_gain[s.bundle[place]]
    return total


@kernel
def _sort_by_gain(s: State, count: int) -> None:
    """Shell sort of the picks by falling gain, then by code, and their running sums."""
    gap = 1
    while gap < count // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for place in range(gap, count):
            item, slot = s.pick[place], place
            while slot >= gap and _dearer(s, item, s.pick[slot - gap]):
                s.pick[slot] = s.pick[slot - gap]
                slot -= gap
            s.pick[slot] = item
        gap //= 3
    s.sums[0] = 0.0
    for place in range(count):
        s.sums[place + 1] = s.sums[place] + s.item_gain[s.pick[place]]


@kernel
def _dearer(s: State, one: int, other: int) -> bool:
    gain, gain_of_other = s.item_gain[one], s.item_gain[other]
    return gain > gain_of_other or (gain == gain_of_other and s.item_code[one] < s.item_code[other])
