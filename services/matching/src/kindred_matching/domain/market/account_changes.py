"""Operations on accounts, whose customers share places at events and hospitality: who belongs to one, and what it may have."""

import numpy as np

from kindred_matching.domain.market.admission import give_up
from kindred_matching.domain.market.bonds import (
    count_bonds,
    make_account_afford,
    mark_special,
    seat_account,
)
from kindred_matching.domain.market.certificate import certify
from kindred_matching.domain.market.chain import run_chain
from kindred_matching.domain.market.compiling import kernel
from kindred_matching.domain.market.queues import hear_again
from kindred_matching.domain.market.state import FIXED, MARKET, Array, State
from kindred_matching.domain.market.updates import begin_operation, settle


@kernel
def move_customer(s: State, customer: int, account: int, steps: int) -> None:
    """The customer belongs to this account from now on, -1: to none. He gives up what he chose, and chooses again."""
    begin_operation(s)
    while s.held[customer] > 0:
        give_up(s, customer, s.held[customer] - 1)
    count_bonds(s, customer, -1)
    _leave(s, customer)
    _join(s, customer, account)
    count_bonds(s, customer, 1)
    mark_special(s, customer)
    _make_bonds_fit(s, customer)
    settle(s, customer, steps)


@kernel
def _leave(s: State, customer: int) -> None:
    """Takes him out of the chain of his account, whose customers may have what he leaves."""
    account, before = s.account[customer], -1
    if account < 0:
        return
    member = s.account_first[account]
    while member != customer:
        before, member = member, s.account_next[member]
    if before < 0:
        s.account_first[account] = s.account_next[customer]
    else:
        s.account_next[before] = s.account_next[customer]
    s.account_next[customer] = s.account[customer] = -1
    _reopen(s, account)


@kernel
def _join(s: State, customer: int, account: int) -> None:
    s.account[customer] = account
    if account >= 0:
        s.account_next[customer] = s.account_first[account]
        s.account_first[account] = customer


@kernel
def _make_bonds_fit(s: State, customer: int) -> None:
    """What is fixed for him has its place in his account too."""
    account, bond = s.account[customer], s.bond_first[customer]
    while account >= 0 and bond >= 0:
        if s.bond_kind[bond] == FIXED:
            seat_account(s, account, s.bond_event[bond])
            make_account_afford(s, account, s.year[s.bond_event[bond]])
        bond = s.bond_next[bond]


@kernel
def _reopen(s: State, account: int) -> None:
    """The account may have more than before: its places cost nothing again, and all its customers choose anew."""
    for event in range(len(s.room)):
        s.account_price[MARKET, account, event] = 0.0
    _hear(s, account)


@kernel
def _hear(s: State, account: int) -> None:
    member = s.account_first[account]
    while member >= 0:
        hear_again(s, member)
        member = s.account_next[member]


@kernel
def settle_guests(s: State, account: int, event: int, guests: int, steps: int) -> None:
    """So many guests of the account have the event without the market's doing: they take places of it, though no seats here."""
    begin_operation(s)
    before, fixed, chosen = s.account_fixed[account, event], guests, 0
    member = s.account_first[account]
    while member >= 0:
        fixed += _is_fixed(s, member, event)
        for place in range(s.held[member]):
            chosen += 1 if s.held_code[member, place] >> 1 == event else 0
        member = s.account_next[member]
    s.account_fixed[account, event], s.account_count[account, event] = fixed, fixed + chosen
    seat_account(s, account, event)
    if fixed < before:
        s.account_price[MARKET, account, event] = 0.0
        _hear(s, account)
    run_chain(s, steps)


@kernel
def _is_fixed(s: State, customer: int, event: int) -> int:
    bond = s.bond_first[customer]
    while bond >= 0:
        if s.bond_kind[bond] == FIXED and s.bond_event[bond] == event:
            return 1
        bond = s.bond_next[bond]
    return 0


@kernel
def limit_hospitality(s: State, account: int, limits: Array, steps: int) -> None:
    """What the account's customers may cost in each year, fixed pairs of the market included."""
    begin_operation(s)
    for year in range(len(limits)):
        s.account_limit[account, year] = s.account_room[account, year] = limits[year]
    member = s.account_first[account]
    while member >= 0:
        _charge(s, account, member)
        member = s.account_next[member]
    for year in range(len(limits)):
        make_account_afford(s, account, year)
        if np.isinf(limits[year]):
            _free_of_charge(s, account, year)
    _hear(s, account)
    run_chain(s, steps)


@kernel
def _free_of_charge(s: State, account: int, year: int) -> None:
    """What there is no end of has no price: at any other the bound would have no end either."""
    for prices in range(len(s.account_rate)):
        s.account_rate[prices, account, year] = 0.0
    member = s.account_first[account]
    while member >= 0:
        certify(s, member)
        member = s.account_next[member]


@kernel
def _charge(s: State, account: int, member: int) -> None:
    """Takes what a customer costs from an account that is counted anew."""
    bond = s.bond_first[member]
    while bond >= 0:
        if s.bond_kind[bond] == FIXED:
            year = s.year[s.bond_event[bond]]
            s.account_limit[account, year] -= s.bond_cost[bond]
            s.account_room[account, year] -= s.bond_cost[bond]
        bond = s.bond_next[bond]
    for place in range(s.held[member]):
        year = s.year[s.held_code[member, place] >> 1]
        s.account_room[account, year] -= s.held_cost[member, place]


@kernel
def limit_guests(s: State, most: int, steps: int) -> None:
    """Each account may have so many guests at each event."""
    begin_operation(s)
    raised = most > s.totals[0].account_max
    s.totals[0].account_max = most
    for account in range(len(s.account_first)):
        for event in range(len(s.room)):
            seat_account(s, account, event)
        if raised:
            _reopen(s, account)
    run_chain(s, steps)


@kernel
def forget_guests(s: State, event: int) -> None:
    """No account has guests at the event any longer, nor wants places there."""
    for account in range(len(s.account_first)):
        s.account_fixed[account, event] = s.account_count[account, event] = 0
        s.account_demand[0, account, event] = s.account_demand[1, account, event] = 0.0
        for prices in range(len(s.account_price)):
            s.account_price[prices, account, event] = 0.0
