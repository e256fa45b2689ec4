"""What the offline solver writes, and the prices that it takes from what it wrote earlier."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from kindred_matching.domain.market.market import Certificate, Market
from kindred_matching.domain.market.starting import Prices
from kindred_matching.domain.market.state import BOUND, CLOSED, MARKET, Array
from kindred_matching.entrypoints.solve_arrays import ArrayFile
from kindred_matching.entrypoints.solve_problem import Problem

SAMPLES = 20


class Record:
    """What happened at each update, and the allocation after some of them, evenly spaced."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.background = 0.0
        self.seconds, self.value = np.zeros(length), np.zeros(length)
        self.upper_bound, self.gap = np.zeros(length), np.zeros(length)
        self.touched = np.zeros(length, dtype=np.int64)
        spaced = np.linspace(0, length - 1, min(SAMPLES, length))
        self._sampled = set(np.unique(spaced.astype(np.int64)).tolist())
        self.samples: list[tuple[int, Array]] = []

    def note(self, number: int, customer: int, market: Market, certificate: Certificate) -> None:
        """Enters what update ``number`` has led to; its own customer does not count as touched."""
        self.value[number], self.upper_bound[number] = certificate.value, certificate.bound
        self.gap[number] = certificate.gap
        self.touched[number] = int((market.changed != customer).sum())
        if number in self._sampled:
            self.samples.append((number, allocation(market)[:2]))


def allocation(market: Market) -> Array:
    """Customers, events and seats of all pairs, fixed ones included, by customer and event."""
    state = market.state
    rows, places = np.nonzero(np.arange(state.held_code.shape[1]) < state.held[:, None])
    codes = state.held_code[rows, places]
    fixed = np.array(list(_fixed_pairs(market)), dtype=np.int64).reshape(-1, 3).T
    pairs = np.concatenate([np.stack([rows, codes >> 1, 1 + (codes & 1)]), fixed], axis=1)
    ordered: Array = pairs[:, np.lexsort((pairs[1], pairs[0]))]
    return ordered


def write_result(path: Path, market: Market, problem: Problem, record: Record) -> None:
    """Writes RESULT.npz."""
    customer, event, seats = allocation(market)
    state, numbers = market.state, [number for number, _ in record.samples]
    pairs = [pairs for _, pairs in record.samples]
    sampled = np.concatenate([np.zeros((2, 0), dtype=np.int64), *pairs], axis=1)
    arrays = {
        "pair_customer": customer.astype(np.int32),
        "pair_event": event.astype(np.int32),
        "pair_seats": seats.astype(np.int8),
        "price": _finite(state.price[MARKET, ::2], market),
        "bound_price": _finite(state.price[BOUND, ::2], market),
        "seconds": record.seconds,
        "touched": record.touched,
        "value": record.value,
        "upper_bound": record.upper_bound,
        "gap": record.gap,
        "sample_update": np.array(numbers, dtype=np.int64),
        "sample_ptr": np.cumsum([0, *(one.shape[1] for one in pairs)]),
        "sample_customer": sampled[0].astype(np.int32),
        "sample_event": sampled[1].astype(np.int32),
    }
    if problem.has_accounts:
        arrays["account_price"] = state.account_price[BOUND]
    if problem.has_budget:
        arrays["budget_price"] = state.budget_rate[BOUND]
    with path.open("wb") as file:
        np.savez(file, **arrays)


def warm_prices(file: ArrayFile, problem: Problem) -> Prices:
    """The prices of an earlier certificate, for a problem with the same events, accounts and kinds of limits."""
    events = len(problem.programme.events)
    accounts = len(problem.programme.limits.account_hospitality)
    prices = Prices(file.floats("bound_price", events).astype(np.float64))
    if (prices.seat < 0).any():
        raise file.fault("bound_price", "holds a negative price")
    if problem.has_accounts:
        place = file.table("account_price", (accounts, events))
        if (place < 0).any():
            raise file.fault("account_price", "holds a negative price")
        prices = prices._replace(place=place)
    if problem.has_budget:
        prices = prices._replace(budget_rate=file.scalar("budget_price", "f"))
    return prices


def _fixed_pairs(market: Market) -> Iterator[tuple[int, int, int]]:
    for customer in np.flatnonzero(market.state.bond_first >= 0).tolist():
        for event, seats in market.fixed(customer):
            yield customer, event, seats


def _finite(prices: Array, market: Market) -> Array:
    """The price of an event without room is more than anybody gives; files get a number that says so."""
    highest = float(np.max(market.state.weight, initial=0.0))
    return np.where(prices >= CLOSED, 2.0 * highest + 1.0, prices)
