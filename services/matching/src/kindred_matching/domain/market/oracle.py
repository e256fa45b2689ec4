"""What a customer would want at given prices: his best bundle of options within cap, time and hospitality."""

from kindred_matching.domain.market.compiling import kernel, wide
from kindred_matching.domain.market.fitting import clashing, fits, within_room
from kindred_matching.domain.market.intervals import best_by_intervals
from kindred_matching.domain.market.search import best_by_search
from kindred_matching.domain.market.state import FORBIDDEN, MARKET, State

FEW, CAP_FOR_SEARCH = 12, 4
"""Up to so many options and invitations a search is faster than the dynamic program."""


@kernel
def cost_of(s: State, column: int, code: int) -> float:
    """What an option costs: its own figure, or the event's a seat."""
    if s.cost.size > 0:
        return s.cost[column]
    return s.event_cost[code >> 1] * (1 + (code & 1))


@kernel
def collect(s: State, customer: int, prices: int) -> int:
    """Puts the customer's options that are worth more than their price into the items; returns how many."""
    price = s.price[prices]
    floor = -s.totals[0].stability if prices == MARKET else 0.0
    begin = s.row_begin[customer]
    number = 0
    for column in range(begin, begin + s.row_size[customer]):
        code = wide(s.code[column])
        gain = s.weight[column] - price[code]
        if gain > floor:
            s.item_code[number] = code
            s.item_gain[number] = gain
            s.item_weight[number] = s.weight[column]
            s.item_column[number] = column
            s.item_cost[number] = 0.0
            number += 1
    if s.special[customer]:
        return _restrict(s, customer, prices, number)
    return number


@kernel
def _restrict(s: State, customer: int, prices: int, number: int) -> int:
    """Takes out what bonds, account, budget and hospitality forbid, charges their prices; returns how many items stay."""
    kept = 0
    for item in range(number):
        code = s.item_code[item]
        held = prices == MARKET and holds(s, customer, code)
        cost = cost_of(s, s.item_column[item], code) if s.totals[0].costed else 0.0
        gain = s.item_gain[item] - charge(s, customer, code >> 1, cost, prices)
        if held:
            gain += s.totals[0].stability
        asked_anew = prices == MARKET and not held
        if gain <= 0.0 or _is_out_of_reach(s, customer, code >> 1, cost, asked_anew):
            continue
        s.item_code[kept] = code
        s.item_gain[kept] = gain
        s.item_weight[kept] = s.item_weight[item]
        s.item_cost[kept] = cost
        kept += 1
    return kept


@kernel
def _is_out_of_reach(s: State, customer: int, event: int, cost: float, asked_anew: bool) -> bool:
    """Whether bonds bar the event, or account and budget cannot bear it if it is not his already."""
    if barred(s, customer, event):
        return True
    return asked_anew and not affordable(s, customer, event, cost)


@kernel
def charge(s: State, customer: int, event: int, cost: float, prices: int) -> float:
    """What an option pays for account and budget, beside its seats."""
    total = cost * s.budget_rate[prices]
    account = s.account[customer]
    if account >= 0:
        total += s.account_price[prices, account, event]
        total += cost * s.account_rate[prices, account, s.year[event]]
    return total


@kernel
def holds(s: State, customer: int, code: int) -> bool:
    """Whether the option is among his chosen ones."""
    for place in range(s.held[customer]):
        if s.held_code[customer, place] == code:
            return True
    return False


@kernel
def holds_event(s: State, customer: int, event: int) -> bool:
    """Whether one of his chosen options is of the event."""
    for place in range(s.held[customer]):
        if s.held_code[customer, place] >> 1 == event:
            return True
    return False


@kernel
def barred(s: State, customer: int, event: int) -> bool:
    """Whether a bond takes the event from him: forbidden, fixed, or at the time of a fixed one."""
    bond = s.bond_first[customer]
    while bond >= 0:
        other = s.bond_event[bond]
        if other == event or (s.bond_kind[bond] != FORBIDDEN and clashing(s, event, other)):
            return True
        bond = s.bond_next[bond]
    return False


@kernel
def affordable(s: State, customer: int, event: int, cost: float) -> bool:
    """Whether account and budget still bear the cost, whatever else he gives up."""
    totals = s.totals[0]
    if cost <= 0.0:
        return True
    if totals.spent + totals.fixed_spent + cost > totals.budget:
        return False
    account = s.account[customer]
    return account < 0 or cost <= s.account_room[account, s.year[event]]


@kernel
def is_full(s: State, account: int, event: int) -> bool:
    """Whether an account (-1: none) has as many guests at the event as it may."""
    return account >= 0 and s.account_count[account, event] >= s.totals[0].account_max


@kernel
def best_bundle(
    s: State, customer: int, number: int, without: int, beside: int
) -> tuple[float, float, int]:
    """The best bundle of the first ``number`` items; ``bundle[:size]`` names them.

    ``without`` is an event to leave out (-1: none); ``beside`` an item that has an invitation, its time and its cost (-1: none).
    Returns the bundle's gain, an upper bound of the best gain (the same unless a search was cut short) and its size.
    """
    cap = s.left[customer] - (1 if beside >= 0 else 0)
    if cap <= 0 or number == 0:
        return 0.0, 0.0, 0
    taken = s.item_code[beside] >> 1 if beside >= 0 else -1
    count = _pick(s, number, without, taken)
    if count == 0:
        return 0.0, 0.0, 0
    return _best_of_picked(s, customer, count, cap, beside)


@kernel
def _pick(s: State, number: int, without: int, taken: int) -> int:
    """Picks the items that come into question beside an event that is ``taken`` (-1: none); returns how many."""
    count = 0
    for item in range(number):
        event = s.item_code[item] >> 1
        if event != without and (taken < 0 or not clashing(s, event, taken)):
            s.pick[count] = item
            count += 1
    return count


@kernel
def _best_of_picked(
    s: State, customer: int, count: int, cap: int, beside: int
) -> tuple[float, float, int]:
    """First what is quick: if the dearest options go together, or one more cannot beat the greedy bundle, that is the best."""
    most, next_to_most = _largest_sums(s, count, cap)
    gain, size = _dive(s, customer, count, cap, beside)
    if gain >= most:
        return gain, gain, size
    kept = 0
    for place in range(count):
        item = s.pick[place]
        if s.item_gain[item] + next_to_most > gain:
            s.pick[kept] = item
            kept += 1
    if kept == 0:
        return gain, gain, size
    for place in range(size):
        s.greedy[place] = s.bundle[place]
    better, bound, better_size = _exact(s, customer, kept, cap, beside)
    if better > gain:
        return better, bound, better_size
    for place in range(size):
        s.bundle[place] = s.greedy[place]
    return gain, max(gain, bound), size


@kernel
def _exact(s: State, customer: int, count: int, cap: int, beside: int) -> tuple[float, float, int]:
    """The dynamic program where it is exact, else the search."""
    if s.totals[0].interval_only and (count > FEW or cap > CAP_FOR_SEARCH):
        gain, size = best_by_intervals(s, count, cap)
        if not s.totals[0].costed or within_room(s, customer, size, beside):
            return gain, gain, size
    return best_by_search(s, customer, count, cap, beside)


@kernel
def _largest_sums(s: State, count: int, cap: int) -> tuple[float, float]:
    """The sums of the ``cap`` and of the ``cap - 1`` largest gains, whether or not they go together."""
    size = 0
    for place in range(count):
        gain = s.item_gain[s.pick[place]]
        if size == cap and gain <= s.top[size - 1]:
            continue
        slot = size if size < cap else cap - 1
        while slot > 0 and s.top[slot - 1] < gain:
            s.top[slot] = s.top[slot - 1]
            slot -= 1
        s.top[slot] = gain
        size = min(cap, size + 1)
    most = 0.0
    for slot in range(size):
        most += s.top[slot]
    return most, (most - s.top[size - 1] if size == cap else most)


@kernel
def _dive(s: State, customer: int, count: int, cap: int, beside: int) -> tuple[float, int]:
    """The greedy bundle: again and again the dearest option that goes with those before."""
    total, size = 0.0, 0
    while size < cap:
        best = -1
        for place in range(count):
            item = s.pick[place]
            if best >= 0 and s.item_gain[item] <= s.item_gain[best]:
                continue
            if fits(s, customer, item, size, beside):
                best = item
        if best < 0:
            break
        s.bundle[size] = best
        size += 1
        total += s.item_gain[best]
    return total, size
