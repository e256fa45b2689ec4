"""The updates file of the offline solver: each replaces the whole row of one customer."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kindred_matching.domain.market.building import codes_of
from kindred_matching.domain.market.problem import NO_FLOATS, Row
from kindred_matching.domain.market.state import Array
from kindred_matching.entrypoints.solve_arrays import ArrayFile
from kindred_matching.entrypoints.solve_problem import Pairs


@dataclass(frozen=True, slots=True)
class Updates:
    """Update i replaces the row of ``customer[i]`` by [row_ptr[i], row_ptr[i + 1])."""

    customer: NDArray[Any]
    row_ptr: NDArray[Any]
    event: NDArray[Any]
    weight: NDArray[Any]

    def __len__(self) -> int:
        return len(self.customer)

    def row(self, number: int, pairs: Pairs) -> Row:
        """The new row; seats and cost of a pair stay those of the problem, 1 and nothing for a pair that was not in it."""
        part = slice(int(self.row_ptr[number]), int(self.row_ptr[number + 1]))
        order = np.argsort(self.event[part], kind="stable")
        event = self.event[part][order].astype(np.int64)
        seats, cost = np.ones(len(event), dtype=np.int64), NO_FLOATS
        places, there = pairs.find(int(self.customer[number]), event)
        if pairs.seats is not None:
            seats[there] = pairs.seats[places[there]]
        if pairs.cost is not None:
            cost = np.zeros(len(event))
            cost[there] = pairs.cost[places[there]]
        return Row(event, seats, self.weight[part][order], cost)


def read_updates(file: ArrayFile, people: int, events: int) -> Updates:
    """Reads and checks the file; a fault is a :class:`InputError`."""
    customer = file.integers("customer")
    file.within("customer", customer, 0, people)
    row_ptr = file.integers("row_ptr", len(customer) + 1).astype(np.int64)
    event = file.integers("event")
    if row_ptr[0] != 0 or row_ptr[-1] != len(event) or (np.diff(row_ptr) < 0).any():
        raise file.fault("row_ptr", "does not rise from 0 to the length of event")
    file.within("event", event, 0, events)
    weight = file.floats("weight", len(event))
    updates = Updates(customer, row_ptr, event, weight)
    for number in range(len(customer)):
        row = event[row_ptr[number] : row_ptr[number + 1]]
        if len(np.unique(row)) != len(row):
            raise file.fault("event", f"names an event twice in update {number}")
    return updates


def encoded(row: Row, like: tuple[Array, Array]) -> tuple[Array, Array, Array]:
    """Codes, weights and costs of a row in the types of the market's columns."""
    codes, weights = like
    return codes_of(row, codes.dtype), row.weight.astype(weights.dtype), row.cost
