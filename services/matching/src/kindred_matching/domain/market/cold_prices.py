"""Prices from nothing: Polyak steps on the dual, first over a sample of the customers, then over all."""

from dataclasses import dataclass

import numpy as np

from kindred_matching.domain.market.certificate import ask, capacity_cost
from kindred_matching.domain.market.effort import Start
from kindred_matching.domain.market.event_changes import restart_trial
from kindred_matching.domain.market.state import CLOSED, TRIAL, Array, State
from kindred_matching.domain.market.stepping import cost_a_seat

PATIENCE = 50
"""After a fiftieth of the passes, but at least 3, without a better bound the steps aim lower, from the best prices."""


FROM_NOTHING, FROM_GOOD = 0.2, 0.01
"""How far below the best bound the first steps aim, as a fraction of it."""

SAMPLE = 64
"""A sample of the customers is worth a pass if it has so many."""


@dataclass(slots=True)
class _Resource:
    """Prices of one kind of resource, what there is of it, and what was wanted at the last pass; money is measured in seats."""

    price: Array
    capacity: Array
    demand: Array
    money: bool = False

    def pull(self, stride: int) -> Array:
        pull: Array = self.demand * stride - self.capacity
        return np.where((self.price <= 0.0) & (pull < 0.0), 0.0, pull)

    def scale(self, unit: float) -> Array:
        if self.money:
            return 1.0 / (np.maximum(self.capacity, unit) * unit)
        return 1.0 / np.maximum(self.capacity, 1e-9)


def find_prices(state: State, handle: State, start: Start, missed: float = 0.0) -> float:
    """Leaves the best prices found in the trial prices; returns their bound over all customers.

    ``missed`` tells how far below the present bound the best allocation may be, as a fraction of it: from prices that are good the
    first steps aim no lower than need be.
    """
    people, resources = len(state.held), _resources(state)
    prices = state.price[TRIAL, ::2]
    priced = ((prices > 0.0) & (prices < CLOSED)).any()
    reach = min(FROM_NOTHING, max(FROM_GOOD, missed)) if priced else FROM_NOTHING
    for stride, passes in ((32, start.coarse), (8, start.medium)):
        if passes and people >= SAMPLE * stride:
            _descend(state, handle, resources, (stride, passes, reach))
            reach = FROM_GOOD
    return _descend(state, handle, resources, (1, start.fine, reach))


def _resources(state: State) -> list[_Resource]:
    """Views into the state: what is written to them are the trial prices."""
    room = np.where(state.closed, 0, state.room).astype(np.float64)
    totals = state.totals[0]
    found = [_Resource(state.price[TRIAL, ::2], room, state.demand[1])]
    if np.isfinite(totals["budget"]):
        budget = np.full(1, max(0.0, totals["budget"] - totals["fixed_spent"]))
        rate = state.budget_rate[TRIAL : TRIAL + 1]
        found.append(_Resource(rate, budget, state.total_cost[1:2], money=True))
    if state.account_price.size and totals["account_max"] >= 0:
        places = np.maximum(0.0, totals["account_max"] - state.account_fixed)
        found.append(_Resource(state.account_price[TRIAL], places, state.account_demand[1]))
    if np.isfinite(state.account_limit).any():
        limit = np.maximum(0.0, state.account_limit)
        rates, spent = state.account_rate[TRIAL], state.account_cost[1]
        found.append(_Resource(rates, limit, spent, money=True))
    return found


def _bound(state: State, handle: State, stride: int) -> float:
    shut = state.price[TRIAL, ::2]
    shut[state.closed | (state.room <= 0)] = CLOSED
    state.price[TRIAL, 1::2] = 2.0 * shut
    restart_trial(handle)
    return capacity_cost(handle, TRIAL) + stride * ask(handle, 0, len(state.held), stride)


def _descend(
    state: State, handle: State, resources: list[_Resource], phase: tuple[int, int, float]
) -> float:
    """``passes`` steps that aim at ``1 - reach`` of the best bound; returns the best, with its prices set and asked."""
    stride, passes, reach = phase
    best, fails, patience = np.inf, 0, max(3, passes // PATIENCE)
    kept = [resource.price.copy() for resource in resources]
    best_pulls = headings = [np.zeros_like(price) for price in kept]
    for _ in range(passes):
        bound = _bound(state, handle, stride)
        fails = 0 if bound < best * (1.0 - 0.02 * reach) else fails + 1
        pulls = [resource.pull(stride) for resource in resources]
        if bound < best:
            best, best_pulls = bound, pulls
            kept = [resource.price.copy() for resource in resources]
        if fails > patience:
            reach, fails, bound, pulls = 0.5 * reach, 0, best, best_pulls
            headings = pulls
            _restore(resources, kept)
        scales = [resource.scale(cost_a_seat(handle)) for resource in resources]
        headings = _deflected(resources, scales, pulls, headings)
        _move(resources, scales, headings, bound - (1.0 - reach) * best)
    _restore(resources, kept)
    return _bound(state, handle, stride)


def _deflected(
    resources: list[_Resource], scales: list[Array], pulls: list[Array], before: list[Array]
) -> list[Array]:
    """The pull, turned where it works against the way so far (Camerini, Fratta, Maffioli 1975): fewer zigzags."""
    together = list(zip(scales, pulls, before, strict=True))
    against = sum(float((scale * pull * old).sum()) for scale, pull, old in together)
    length = sum(float((scale * old * old).sum()) for scale, _, old in together)
    turn = max(0.0, -1.5 * against / length) if length > 0.0 else 0.0
    turned = [pull + turn * old for _, pull, old in together]
    return [
        np.where((resource.price <= 0.0) & (heading < 0.0), 0.0, heading)
        for resource, heading in zip(resources, turned, strict=True)
    ]


def _restore(resources: list[_Resource], prices: list[Array]) -> None:
    for resource, price in zip(resources, prices, strict=True):
        resource.price[...] = price


def _move(
    resources: list[_Resource], scales: list[Array], pulls: list[Array], distance: float
) -> None:
    """One step of the length after which the bound would be lower by ``distance`` if it were linear."""
    together = list(zip(resources, scales, pulls, strict=True))
    norm = sum(float((scale * pull * pull).sum()) for _, scale, pull in together)
    if norm <= 0.0:
        return
    for resource, scale, pull in together:
        moved = resource.price + distance / norm * scale * pull
        resource.price[...] = np.maximum(0.0, moved)
