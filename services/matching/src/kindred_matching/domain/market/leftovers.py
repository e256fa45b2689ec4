"""Seats that prices left empty: whoever has an invitation left may have one, whatever its price."""

from kindred_matching.domain.market.compiling import kernel, wide
from kindred_matching.domain.market.fitting import CENT, clashing
from kindred_matching.domain.market.holding import take
from kindred_matching.domain.market.oracle import affordable, barred, cost_of, is_full
from kindred_matching.domain.market.state import MARKET, State


@kernel
def seat_leftovers(s: State) -> None:
    """Gives each customer with invitations left, in order of places, the options of most weight that fit as things stand."""
    s.totals[0].operation += 1
    s.totals[0].changed = 0
    for customer in range(len(s.held)):
        while s.held[customer] < s.left[customer]:
            column = _best_open(s, customer)
            if column < 0:
                break
            code = wide(s.code[column])
            cost = cost_of(s, column, code) if s.totals[0].costed else 0.0
            take(s, customer, code, s.weight[column], cost, s.price[MARKET, code & ~1])


@kernel
def _best_open(s: State, customer: int) -> int:
    """The column of most weight that fits beside his choice, or -1."""
    best, most = -1, 0.0
    begin = s.row_begin[customer]
    for column in range(begin, begin + s.row_size[customer]):
        code = wide(s.code[column])
        if s.weight[column] > most and s.load[code >> 1] + 1 + (code & 1) <= s.room[code >> 1]:
            cost = cost_of(s, column, code) if s.totals[0].costed else 0.0
            if _may_have(s, customer, code >> 1, cost):
                best, most = column, s.weight[column]
    return best


@kernel
def _may_have(s: State, customer: int, event: int, cost: float) -> bool:
    """Whether time, bonds, hospitality, account and budget allow one more option."""
    if not _goes_with_his_own(s, customer, event, cost):
        return False
    if s.special[customer] and barred(s, customer, event):
        return False
    if is_full(s, s.account[customer], event):
        return False
    return affordable(s, customer, event, cost)


@kernel
def _goes_with_his_own(s: State, customer: int, event: int, cost: float) -> bool:
    """Whether time and hospitality allow it beside what he has chosen."""
    spent = cost
    for place in range(s.held[customer]):
        other = s.held_code[customer, place] >> 1
        if clashing(s, event, other):
            return False
        if s.year[other] == s.year[event]:
            spent += s.held_cost[customer, place]
    return cost <= 0.0 or spent <= s.person_room[customer, s.year[event]] + CENT
