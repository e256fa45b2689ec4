"""Fixed and forbidden pairs: what invitations has settled, and what somebody has ruled out."""

from kindred_matching.domain.market.compiling import kernel
from kindred_matching.domain.market.holding import drop
from kindred_matching.domain.market.pricing import renew_room
from kindred_matching.domain.market.queues import hear_again
from kindred_matching.domain.market.state import FIXED, NOBODY, State


@kernel
def find_bond(s: State, customer: int, event: int) -> int:
    """The bond of a pair, or -1."""
    bond = s.bond_first[customer]
    while bond >= 0 and s.bond_event[bond] != event:
        bond = s.bond_next[bond]
    return bond


@kernel
def tie(
    s: State, customer: int, event: int, kind: int, seats: int, weight: float, cost: float
) -> bool:
    """Enters a bond of a pair that has none; False, with nothing changed, if there is no place for another."""
    totals = s.totals[0]
    bond = totals.bond_free
    if bond < 0:
        if totals.bond_end == len(s.bond_next):
            return False
        bond = totals.bond_end
        totals.bond_end = bond + 1
    else:
        totals.bond_free = s.bond_next[bond]
    s.bond_next[bond] = s.bond_first[customer]
    s.bond_first[customer] = bond
    s.bond_kind[bond], s.bond_event[bond], s.bond_seats[bond] = kind, event, seats
    s.bond_weight[bond], s.bond_cost[bond] = weight, cost
    if kind == FIXED:
        _account_for(s, customer, bond, 1)
    s.special[customer] = 1
    return True


@kernel
def untie(s: State, customer: int, event: int) -> None:
    """Removes the bond of a pair that has one."""
    bond, before = s.bond_first[customer], -1
    while s.bond_event[bond] != event:
        before, bond = bond, s.bond_next[bond]
    if s.bond_kind[bond] == FIXED:
        _account_for(s, customer, bond, -1)
    if before < 0:
        s.bond_first[customer] = s.bond_next[bond]
    else:
        s.bond_next[before] = s.bond_next[bond]
    s.bond_next[bond] = s.totals[0].bond_free
    s.totals[0].bond_free = bond
    mark_special(s, customer)


@kernel
def mark_special(s: State, customer: int) -> None:
    """Notes whether more than seats, cap and time limits the customer."""
    totals = s.totals[0]
    tied = s.bond_first[customer] >= 0 or s.account[customer] >= 0
    s.special[customer] = 1 if tied or totals.costed or totals.stability > 0.0 else 0


@kernel
def count_bonds(s: State, customer: int, sign: int) -> None:
    """Counts all that is fixed for the customer, or no longer."""
    bond = s.bond_first[customer]
    while bond >= 0:
        if s.bond_kind[bond] == FIXED:
            _account_for(s, customer, bond, sign)
        bond = s.bond_next[bond]


@kernel
def _account_for(s: State, customer: int, bond: int, sign: int) -> None:
    """Counts a fixed pair against seats, cap, hospitality, account and budget, or no longer."""
    event, cost = s.bond_event[bond], sign * s.bond_cost[bond]
    totals, year, account = s.totals[0], s.year[event], s.account[customer]
    totals.fixed_value += sign * s.bond_weight[bond]
    totals.fixed_spent += cost
    s.person_room[customer, year] -= cost
    s.fixed_count[customer] += sign
    s.left[customer] = max(0, s.cap[customer] - s.fixed_count[customer])
    if account >= 0:
        s.account_fixed[account, event] += sign
        s.account_count[account, event] += sign
        s.account_limit[account, year] -= cost
        s.account_room[account, year] -= cost
    s.fixed_load[event] += sign * s.bond_seats[bond]
    renew_room(s, event)


@kernel
def make_fit(s: State, customer: int, event: int) -> None:
    """Drops chosen options until what was fixed has its place: first at the event, then in account and budget."""
    seat_guests(s, event)
    account = s.account[customer]
    if account >= 0:
        _make_account_fit(s, account, event)
    make_budget_fit(s)


@kernel
def make_budget_fit(s: State) -> None:
    """Drops chosen options that cost something until the budget bears the rest."""
    totals, customer = s.totals[0], 0
    while totals.spent > 0.0 and totals.spent + totals.fixed_spent > totals.budget:
        if not _drop_costly(s, customer, 0, False):
            customer += 1
        if customer == len(s.held):
            return


@kernel
def seat_guests(s: State, event: int) -> None:
    """Drops the lowest guests of an event until all have seats."""
    while s.guests[event] > 0 and s.load[event] > s.room[event]:
        _drop_lowest_guest(s, event, NOBODY)


@kernel
def _make_account_fit(s: State, account: int, event: int) -> None:
    seat_account(s, account, event)
    make_account_afford(s, account, s.year[event])


@kernel
def seat_account(s: State, account: int, event: int) -> None:
    """Drops the account's lowest guests of an event until there are not too many."""
    while s.account_count[account, event] > s.totals[0].account_max:
        if not _drop_lowest_guest(s, event, account):
            return


@kernel
def make_account_afford(s: State, account: int, year: int) -> None:
    """Drops what the account's customers have chosen until its hospitality of the year bears the rest."""
    member = s.account_first[account]
    while member >= 0:
        while s.account_room[account, year] < 0.0:
            if not _drop_costly(s, member, year, True):
                break
        member = s.account_next[member]


@kernel
def _drop_lowest_guest(s: State, event: int, account: int) -> bool:
    """Drops the guest (of an account, -1: of any) with the lowest bid known; he chooses again. False if there is none."""
    lowest = _lowest_guest(s, event, account)
    if lowest < 0:
        return False
    guest = s.guest[s.guest_begin[event] + lowest]
    for place in range(s.held[guest]):
        if s.held_code[guest, place] >> 1 == event:
            drop(s, guest, place)
            break
    hear_again(s, guest)
    return True


@kernel
def _lowest_guest(s: State, event: int, account: int) -> int:
    """The place among the guests of who bids least, -1 if there is nobody."""
    begin, lowest = s.guest_begin[event], -1
    for place in range(s.guests[event]):
        if account >= 0 and s.account[s.guest[begin + place]] != account:
            continue
        if lowest < 0 or s.guest_bid[begin + place] < s.guest_bid[begin + lowest]:
            lowest = place
    return lowest


@kernel
def _drop_costly(s: State, customer: int, year: int, in_year: bool) -> bool:
    """Drops one of the customer's options that costs something; False if he has none (in that year)."""
    for place in range(s.held[customer]):
        event = s.held_code[customer, place] >> 1
        if s.held_cost[customer, place] > 0.0 and (not in_year or s.year[event] == year):
            drop(s, customer, place)
            hear_again(s, customer)
            return True
    return False
