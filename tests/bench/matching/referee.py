"""What a market's own problem is worth at most, by HiGHS: as an integer programme, and without asking for whole numbers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from kindred_matching.domain.market.market import Market
from kindred_matching.domain.market.problem import NO_MAXIMUM
from kindred_matching.domain.market.state import FIXED, State

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(slots=True)
class _Rows:
    """Constraints: sums over options that may not be above a limit."""

    row: list[Integers] = field(default_factory=list)
    column: list[Integers] = field(default_factory=list)
    share: list[Floats] = field(default_factory=list)
    most: list[float] = field(default_factory=list)

    def add(self, columns: Integers, shares: Floats, most: float) -> None:
        if np.isfinite(most) and shares.sum() > most:
            self.row.append(np.full(len(columns), len(self.most)))
            self.column.append(columns)
            self.share.append(shares)
            self.most.append(max(0.0, most))

    def constraint(self, columns: int) -> LinearConstraint:
        places = np.concatenate(self.row), np.concatenate(self.column)
        shares = np.concatenate(self.share)
        matrix = csr_array((shares, places), shape=(len(self.most), columns))
        return LinearConstraint(matrix, -np.inf, np.array(self.most))


@dataclass(frozen=True, slots=True)
class _Options:
    """Every option that somebody may choose."""

    customer: Integers
    event: Integers
    seats: Integers
    weight: Floats
    cost: Floats


@dataclass(frozen=True, slots=True)
class Referee:
    """Values that include fixed pairs: the best allocation found, a proven bound of it, and the linear programme's."""

    found: float
    bound: float
    relaxed: float


def referee(market: Market, seconds: float, near: float = 1e-4) -> Referee:
    """HiGHS on the problem of a market as it stands, for at most so long or until it is so near its bound."""
    state = market.state
    options = _options(state)
    columns = len(options.weight)
    rows = _limits(state, options).constraint(columns)
    fixed = float(state.totals[0]["fixed_value"])
    answers = [
        milp(
            -options.weight,
            constraints=rows,
            integrality=np.full(columns, whole),
            bounds=Bounds(0, 1),
            options={"time_limit": seconds, "mip_rel_gap": near},
        )
        for whole in (1, 0)
    ]
    whole, relaxed = answers
    found = 0.0 if whole.x is None else -float(whole.fun)
    return Referee(found + fixed, fixed - float(whole.mip_dual_bound), fixed - float(relaxed.fun))


def _options(state: State) -> _Options:
    found = [column for customer in range(len(state.held)) for column in _columns(state, customer)]
    customer, column = np.array(found, dtype=np.int64).reshape(-1, 2).T
    code = state.code[column].astype(np.int64)
    event, seats = code >> 1, 1 + (code & 1)
    cost = state.cost[column] if state.cost.size else state.event_cost[event] * seats
    return _Options(customer, event, seats, state.weight[column].astype(np.float64), cost)


def _columns(state: State, customer: int) -> Iterator[tuple[int, int]]:
    barred = {event for event, kind in _bonds(state, customer)}
    settled = [event for event, kind in _bonds(state, customer) if kind == FIXED]
    begin = int(state.row_begin[customer])
    for column in range(begin, begin + int(state.row_size[customer])):
        event = int(state.code[column]) >> 1
        clashing = any(_clash(state, event, other) for other in settled)
        if state.room[event] > 0 and event not in barred and not clashing:
            yield customer, column


def _bonds(state: State, customer: int) -> Iterator[tuple[int, int]]:
    bond = int(state.bond_first[customer])
    while bond >= 0:
        yield int(state.bond_event[bond]), int(state.bond_kind[bond])
        bond = int(state.bond_next[bond])


def _clash(state: State, one: int, other: int) -> bool:
    return bool(int(state.clash[one, other >> 6]) >> (other & 63) & 1)


def _limits(state: State, options: _Options) -> _Rows:
    rows, totals, everything = _Rows(), state.totals[0], np.arange(len(options.weight))
    for event in range(len(state.room)):
        there = everything[options.event == event]
        rows.add(there, options.seats[there].astype(np.float64), float(state.room[event]))
    rows.add(everything, options.cost, float(totals["budget"] - totals["fixed_spent"]))
    account = state.account[options.customer]
    for one in np.unique(account[account >= 0]).tolist():
        own = everything[account == one]
        for event in (
            np.unique(options.event[own]).tolist() if totals["account_max"] < NO_MAXIMUM else []
        ):
            there = own[options.event[own] == event]
            places = float(totals["account_max"] - state.account_fixed[one, event])
            rows.add(there, np.ones(len(there)), places)
        _add_years(rows, state, (options, own), state.account_limit[one])
    cliques = list(_cliques(state))
    for customer in np.unique(options.customer).tolist():
        own = everything[options.customer == customer]
        rows.add(own, np.ones(len(own)), float(state.left[customer]))
        _add_years(rows, state, (options, own), state.person_room[customer])
        for clique in cliques:
            among = own[np.isin(options.event[own], clique)]
            rows.add(among, np.ones(len(among)), 1.0)
    return rows


def _add_years(
    rows: _Rows, state: State, chosen: tuple[_Options, Integers], limits: Iterable[float]
) -> None:
    options, own = chosen
    for year, most in enumerate(limits):
        then = own[state.year[options.event[own]] == year]
        rows.add(then, options.cost[then], float(most))


def _cliques(state: State) -> Iterator[Integers]:
    """Sets of events that exclude each other, which together tell all that do."""
    told: set[frozenset[int]] = set()
    events = np.flatnonzero(~state.closed).tolist()
    for event in events:
        clique = [event]
        for other in events:
            if other != event and all(_clash(state, other, each) for each in clique):
                clique.append(other)
        told.add(frozenset(clique))
    known = {pair for each in told for pair in _pairs(each)}
    clashing = {pair for pair in _pairs(frozenset(events)) if _clash(state, *pair)}
    told |= {frozenset(pair) for pair in clashing - known}
    for each in sorted(told, key=sorted):
        yield np.array(sorted(each))


def _pairs(clique: frozenset[int]) -> Iterator[tuple[int, int]]:
    ordered = sorted(clique)
    return ((one, other) for place, one in enumerate(ordered) for other in ordered[place + 1 :])
