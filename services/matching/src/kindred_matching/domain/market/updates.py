"""Operations on one customer, as kernels: each leaves the market feasible and the certificate current.

A kernel that finds no space returns False with nothing changed; the caller makes space and calls again.
"""

from kindred_matching.domain.market.bonds import find_bond, make_fit, mark_special, tie, untie
from kindred_matching.domain.market.certificate import certify
from kindred_matching.domain.market.chain import run_chain
from kindred_matching.domain.market.choosing import choose
from kindred_matching.domain.market.compiling import kernel
from kindred_matching.domain.market.holding import drop
from kindred_matching.domain.market.listings import list_customer, unlist
from kindred_matching.domain.market.oracle import cost_of
from kindred_matching.domain.market.queues import free_event
from kindred_matching.domain.market.repricing import reopen
from kindred_matching.domain.market.rows import column_of, write_row
from kindred_matching.domain.market.state import FIXED, FORBIDDEN, Array, State


@kernel
def begin_operation(s: State) -> None:
    """From here on, what changes is what this operation has changed."""
    s.totals[0].operation += 1
    s.totals[0].changed = 0


@kernel
def replace_row(
    s: State, customer: int, codes: Array, weights: Array, costs: Array, steps: int
) -> bool:
    """Replaces a customer's options; he chooses anew, and at most ``steps`` moves follow at once."""
    begin_operation(s)
    if not enter_row(s, customer, codes, weights, costs):
        return False
    list_customer(s, customer)
    settle(s, customer, steps)
    return True


@kernel
def replace_customer(
    s: State,
    customer: int,
    row: tuple[Array, Array, Array],
    cap: int,
    hospitality: Array,
    steps: int,
) -> bool:
    """Replaces row, cap and the hospitality of each year, which fixed pairs use up first, at once.

    He chooses anew, which gives up what no longer fits; fixed pairs that are in the row are worth what it says.
    """
    begin_operation(s)
    if not enter_row(s, customer, row[0], row[1], row[2]):
        return False
    s.cap[customer] = cap
    s.left[customer] = max(0, cap - s.fixed_count[customer])
    for year in range(len(hospitality)):
        s.person_room[customer, year] = hospitality[year]
    _count_fixed(s, customer)
    mark_special(s, customer)
    list_customer(s, customer)
    settle(s, customer, steps)
    return True


@kernel
def _count_fixed(s: State, customer: int) -> None:
    """Takes the costs of his fixed pairs from hospitality that is counted anew, and their weights from a new row."""
    bond = s.bond_first[customer]
    while bond >= 0:
        if s.bond_kind[bond] == FIXED:
            event, seats = s.bond_event[bond], s.bond_seats[bond]
            s.person_room[customer, s.year[event]] -= s.bond_cost[bond]
            column = column_of(s, customer, 2 * event + seats - 1)
            if column < 0:
                column = column_of(s, customer, 2 * event + 2 - seats)
            if column >= 0:
                s.totals[0].fixed_value += s.weight[column] - s.bond_weight[bond]
                s.bond_weight[bond] = s.weight[column]
        bond = s.bond_next[bond]


@kernel
def enter_row(s: State, customer: int, codes: Array, weights: Array, costs: Array) -> bool:
    """Writes the row; what he holds keeps its place with its new weight, or is dropped if it is not in the row."""
    if not write_row(s, customer, codes, weights, costs):
        return False
    place = 0
    while place < s.held[customer]:
        column = column_of(s, customer, s.held_code[customer, place])
        if column < 0 or not _same_cost(s, customer, place, column):
            drop(s, customer, place)
            continue
        s.totals[0].value += s.weight[column] - s.held_weight[customer, place]
        s.held_weight[customer, place] = s.weight[column]
        place += 1
    return True


@kernel
def _same_cost(s: State, customer: int, place: int, column: int) -> bool:
    if not s.totals[0].costed:
        return True
    cost = cost_of(s, column, s.held_code[customer, place])
    return s.held_cost[customer, place] == cost


@kernel
def settle(s: State, customer: int, steps: int) -> None:
    """Lets the customer choose, then those whom this moves, and certifies his part."""
    choose(s, customer)
    run_chain(s, steps)
    certify(s, customer)


@kernel
def fix_pair(
    s: State, customer: int, event: int, seats: int, weight: float, cost: float, steps: int
) -> bool:
    """Fixes a pair, whatever it takes: chosen options make way. A pair that has a bond gets this one instead."""
    begin_operation(s)
    if s.totals[0].bond_free < 0 and s.totals[0].bond_end == len(s.bond_next):
        return False
    if find_bond(s, customer, event) >= 0:
        untie(s, customer, event)
    _drop_event(s, customer, event)
    tie(s, customer, event, FIXED, seats, weight, cost)
    _refit(s, customer)
    make_fit(s, customer, event)
    settle(s, customer, steps)
    reopen(s, event, steps == 0)
    return True


@kernel
def forbid_pair(s: State, customer: int, event: int, steps: int) -> bool:
    """Rules a pair out until it is released; a fixed pair is no longer fixed."""
    begin_operation(s)
    if s.totals[0].bond_free < 0 and s.totals[0].bond_end == len(s.bond_next):
        return False
    if find_bond(s, customer, event) >= 0:
        untie(s, customer, event)
    _drop_event(s, customer, event)
    tie(s, customer, event, FORBIDDEN, 0, 0.0, 0.0)
    settle(s, customer, steps)
    reopen(s, event, steps == 0)
    return True


@kernel
def release_pair(s: State, customer: int, event: int, steps: int) -> None:
    """Ends a pair's bond, if it has one; it may be chosen again if it is in the row."""
    begin_operation(s)
    if find_bond(s, customer, event) >= 0:
        untie(s, customer, event)
        free_event(s, event)
    settle(s, customer, steps)
    reopen(s, event, steps == 0)


@kernel
def empty_customer(s: State, customer: int, steps: int) -> None:
    """Takes away the customer's options, bonds and cap."""
    begin_operation(s)
    s.row_size[customer] = 0
    unlist(s, customer)
    while s.bond_first[customer] >= 0:
        event = s.bond_event[s.bond_first[customer]]
        untie(s, customer, event)
        free_event(s, event)
        reopen(s, event, True)
    s.cap[customer] = s.left[customer] = 0
    settle(s, customer, steps)


@kernel
def mark_everybody(s: State) -> None:
    """Notes for each customer whether more than seats, cap and time limits him; nobody chooses again for that."""
    begin_operation(s)
    for customer in range(len(s.held)):
        mark_special(s, customer)


@kernel
def limit_customer(s: State, customer: int, cap: int, steps: int) -> None:
    """Changes how many invitations the customer may have, fixed ones included."""
    begin_operation(s)
    s.cap[customer] = cap
    s.left[customer] = max(0, cap - s.fixed_count[customer])
    settle(s, customer, steps)


@kernel
def _drop_event(s: State, customer: int, event: int) -> None:
    for place in range(s.held[customer]):
        if s.held_code[customer, place] >> 1 == event:
            drop(s, customer, place)
            return


@kernel
def _refit(s: State, customer: int) -> None:
    """Drops what the customer may no longer have beside his fixed pairs: he chooses again at once, with all of it free."""
    while s.held[customer] > 0:
        drop(s, customer, s.held[customer] - 1)
    mark_special(s, customer)
