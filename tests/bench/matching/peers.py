"""What the engine is compared with: greedy over all pairs, and OR-Tools' min-cost flow, both from nothing."""

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SCALE = 1_000_000


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs that a peer may choose from, and what limits them."""

    customer: Ints
    event: Ints
    weight: Floats
    cap: Ints
    seats: Ints
    clash: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Outcome:
    value: float
    seconds: float


def greedy(pairs: Pairs) -> Outcome:
    """Always the pair of most weight that still fits, as in Greedy-GEACC; ties as the pairs stand."""
    begun = time.perf_counter()
    cap, seats = pairs.cap.tolist(), pairs.seats.tolist()
    chosen: list[list[int]] = [[] for _ in cap]
    order = np.argsort(-pairs.weight, kind="stable")
    customers, events = pairs.customer[order].tolist(), pairs.event[order].tolist()
    weights, value = pairs.weight[order].tolist(), 0.0
    for customer, event, weight in zip(customers, events, weights, strict=True):
        if weight <= 0.0:
            break
        if seats[event] < 1 or cap[customer] < 1:
            continue
        if chosen[customer] and pairs.clash[event, chosen[customer]].any():
            continue
        chosen[customer].append(event)
        cap[customer] -= 1
        seats[event] -= 1
        value += weight
    return Outcome(value, time.perf_counter() - begun)


def flow(pairs: Pairs) -> Outcome:
    """The optimum without conflicts, which the flow cannot express; weights are rounded to millionths."""
    begun = time.perf_counter()
    people, events = len(pairs.cap), len(pairs.seats)
    source, sink = people + events, people + events + 1
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(
        np.concatenate(
            [np.full(people, source), pairs.customer, people + np.arange(events), [source]]
        ),
        np.concatenate([np.arange(people), people + pairs.event, np.full(events, sink), [sink]]),
        np.concatenate(
            [pairs.cap, np.ones(len(pairs.event), dtype=np.int64), pairs.seats, [pairs.cap.sum()]]
        ),
        np.concatenate(
            [
                np.zeros(people, dtype=np.int64),
                -np.rint(pairs.weight * SCALE).astype(np.int64),
                np.zeros(events + 1, dtype=np.int64),
            ]
        ),
    )
    solver.set_node_supply(source, int(pairs.cap.sum()))
    solver.set_node_supply(sink, -int(pairs.cap.sum()))
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise RuntimeError(f"the flow was not solved: {status}")
    return Outcome(-solver.optimal_cost() / SCALE, time.perf_counter() - begun)
