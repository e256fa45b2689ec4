"""Why a pair is chosen or not: its weight, its price, the bundles with and without it, and what stands in the way."""

from dataclasses import dataclass
from enum import StrEnum

from kindred_matching.domain.market.bonds import find_bond
from kindred_matching.domain.market.fitting import CENT, clashing
from kindred_matching.domain.market.market import Market
from kindred_matching.domain.market.oracle import (
    affordable,
    best_bundle,
    charge,
    collect,
    cost_of,
    holds_event,
)
from kindred_matching.domain.market.rows import column_of
from kindred_matching.domain.market.state import FIXED, MARKET, NOBODY


class Obstacle(StrEnum):
    """What keeps a pair from being chosen, or would."""

    NOT_ELIGIBLE = "not_eligible"
    CLOSED = "closed"
    FORBIDDEN = "forbidden"
    FIXED = "fixed"
    SEATS = "seats"
    CAP = "cap"
    OVERLAP = "overlap"
    ACCOUNT = "account"
    BUDGET = "budget"
    HOSPITALITY = "hospitality"


@dataclass(frozen=True, slots=True)
class Bundle:
    """The events of a bundle and what they are worth beyond their prices."""

    events: tuple[int, ...]
    gain: float


@dataclass(frozen=True, slots=True)
class PairView:
    """A pair in the market as it stands; weights, prices and gains in units of weight.

    ``bid`` is the seat price at which the customer would do without it: above ``price`` he would take it. ``beside`` are the
    chosen or fixed events that it excludes.
    """

    weight: float
    seats: int
    price: float
    charges: float
    bid: float
    chosen: bool
    with_it: Bundle
    without_it: Bundle
    obstacles: tuple[Obstacle, ...]
    beside: tuple[int, ...]


NOTHING = Bundle((), 0.0)


def view_pair(market: Market, customer: int, event: int, seats: int = 1) -> PairView:
    """How a pair stands, whether or not it is chosen."""
    state, handle, code = market.state, market.handle, 2 * event + seats - 1
    column = column_of(handle, customer, code)
    price = float(state.price[MARKET, 2 * event])
    beside = tuple(
        other
        for other in _events_of(market, customer)
        if other != event and clashing(handle, event, other)
    )
    if column < 0:
        reasons = (Obstacle.NOT_ELIGIBLE, *_settled(market, customer, event))
        return PairView(0.0, seats, price, 0.0, 0.0, False, NOTHING, NOTHING, reasons, beside)
    weight = float(state.weight[column])
    cost = float(cost_of(handle, column, code)) if state.totals["costed"][0] else 0.0
    charges = float(charge(handle, customer, event, cost, MARKET))
    number = collect(handle, customer, MARKET)
    state.item_code[number], state.item_cost[number] = code, cost
    state.item_gain[number], state.item_weight[number] = weight - seats * price - charges, weight
    gain, _, size = best_bundle(handle, customer, number, NOBODY, number)
    with_it = Bundle((event, *_picked(market, size)), gain + float(state.item_gain[number]))
    gain, _, size = best_bundle(handle, customer, number, event, NOBODY)
    without_it = Bundle(_picked(market, size), gain)
    return PairView(
        weight,
        seats,
        price,
        charges,
        price + (with_it.gain - without_it.gain) / seats,
        bool(holds_event(handle, customer, event)),
        with_it,
        without_it,
        tuple(_obstacles(market, customer, event, seats, cost)),
        beside,
    )


def _picked(market: Market, size: int) -> tuple[int, ...]:
    items = market.state.bundle[:size]
    return tuple(sorted((market.state.item_code[items] >> 1).tolist()))


def _events_of(market: Market, customer: int) -> list[int]:
    chosen = [event for event, _ in market.choice(customer)]
    return sorted(chosen + [event for event, _ in market.fixed(customer)])


def _settled(market: Market, customer: int, event: int) -> list[Obstacle]:
    found, bond = [], find_bond(market.handle, customer, event)
    if market.state.closed[event]:
        found.append(Obstacle.CLOSED)
    if bond >= 0:
        fixed = market.state.bond_kind[bond] == FIXED
        found.append(Obstacle.FIXED if fixed else Obstacle.FORBIDDEN)
    return found


def _obstacles(
    market: Market, customer: int, event: int, seats: int, cost: float
) -> list[Obstacle]:
    """What would have to give for the pair to be chosen; nothing, if it is chosen."""
    state, handle = market.state, market.handle
    found = _settled(market, customer, event)
    if found or holds_event(handle, customer, event):
        return found
    held = int(state.held[customer])
    others = [other for other in _events_of(market, customer) if clashing(handle, event, other)]
    year, account = state.year[event], state.account[customer]
    mine = state.held_code[customer, :held] >> 1
    spent = float(state.held_cost[customer, :held][state.year[mine] == year].sum())
    guests = state.account_count[account, event] if account >= 0 else 0
    checks = {
        Obstacle.SEATS: state.load[event] + seats > state.room[event],
        Obstacle.CAP: held >= state.left[customer],
        Obstacle.OVERLAP: bool(others),
        Obstacle.ACCOUNT: account >= 0 and guests >= state.totals["account_max"][0],
        Obstacle.BUDGET: not affordable(handle, customer, event, cost),
        Obstacle.HOSPITALITY: cost > 0.0
        and spent + cost > state.person_room[customer, year] + CENT,
    }
    return [obstacle for obstacle, stands in checks.items() if stands]
